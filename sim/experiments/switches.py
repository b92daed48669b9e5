"""What can be taken out of a scenario by one word, and the changes that take it out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.errors import Place, Problem, ScenarioError, refuse
from sim.scenario import Scenario
from sim.scenario.problems import nearest
from sim.scenario.settings import Settings
from sim.scenario.values import Value, found, several
from sim.world import TIE_KINDS

__all__ = ["NAMED", "Switch", "chosen_switches", "taken_along", "without"]

#: Rule of imitation -> the parameter that multiplies a share of acquaintances.
_BY_SHARE: Final = {"linear": "adoption.imitation", "information": "information.telling_rate"}
_BEYOND: Final = ("town", "county", "prefecture")


@dataclass(frozen=True, slots=True)
class Switch:
    """Something a scenario can do without.

    Parameters
    ----------
    name, meaning : the word, and what is taken out, in words for people.
    mechanisms : switches of the mechanism table that go off.
    ties : kinds of tie along which nobody imitates any more.
    values : parameters and the value at which they do nothing.
    """

    name: str
    meaning: str
    mechanisms: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    values: tuple[tuple[str, Value], ...] = ()


#: What has no row in the mechanism table, by name.
NAMED: Final[Mapping[str, Switch]] = {
    each.name: each
    for each in (
        Switch("imitation", "imitation of acquaintances", values=(("adoption.imitation", 0.0),)),
        Switch("own_initiative", "opening without an example", values=(("adoption.own_initiative", 0.0),)),
        Switch("pioneers", "first shops of the villages listed", values=(("pioneers.placement", "none"),)),
        Switch("internet", "internet access in adoption", values=(("adoption.internet_effect", 0.0),)),
        Switch("ties_beyond_village", "imitation beyond the village", ties=_BEYOND),
        *(Switch(f"ties_{kind}", f"imitation along ties of the kind {kind}", ties=(kind,)) for kind in TIE_KINDS),
    )
}
#: Those of them that stand for the others where nothing is chosen.
_BY_DEFAULT: Final = ("imitation", "own_initiative", "pioneers", "internet", "ties_beyond_village")


def chosen_switches(scenario: Scenario, names: Sequence[str] | None) -> list[Switch]:
    """Switches by name; without names every mechanism that is on, and of the others those that are.

    Raises
    ------
    ScenarioError : an unknown name, one given twice, or something that is off already: its share would be
        nought without anything having been learnt.
    """
    rows = scenario.vocabulary.mechanisms
    known = {row.name: Switch(row.name, row.description, mechanisms=(row.name,)) for row in rows.values()}
    known |= NAMED
    if names is None:
        candidates = [known[name] for name in (*rows, *_BY_DEFAULT)]
        return [each for each in candidates if _idle(scenario, each) is None]
    asked = several(names)
    if not asked:
        refuse("nothing to switch off", f"name one or more of {', '.join(known)}")
    problems = []
    for name in asked:
        if not isinstance(name, str):
            problems.append(Problem(f"found {found(name)}, allowed are names of mechanisms", Place("python")))
        elif name not in known:
            close = nearest(name, known)
            hint = f"allowed is one of {', '.join(known)}" if close is None else f"did you mean {close}?"
            problems.append(
                Problem(f"{name[:60]} is no mechanism that can be switched off", Place("python"), hint)
            )
        elif (reason := _idle(scenario, known[name])) is not None:
            problems.append(Problem(f"{name}: {reason}", Place("python"), "leave it out, or switch it on"))
    problems += [
        Problem(f"{name}: given twice", Place("python"), "keep one")
        for name in dict.fromkeys(name for name in asked if isinstance(name, str))
        if asked.count(name) > 1
    ]
    if problems:
        raise ScenarioError(problems)
    return [known[name] for name in asked]


def _idle(scenario: Scenario, switch: Switch) -> str | None:
    """Why a switch has nothing to take out, or ``None``."""
    stages = _stages(scenario)
    if switch.ties and scenario.acquaintances is not None:
        return "the ties of this scenario come from a file, of which only the file says what kinds it has"
    if switch.mechanisms and not any(stage.enabled(name) for stage in stages for name in switch.mechanisms):
        return "it is off in this scenario already"
    acting = any(stage[name] != off for stage in stages for name, off in switch.values)
    if switch.values and not acting:
        return f"{switch.values[0][0]} is {switch.values[0][1]} in this scenario already"
    if switch.ties and all(_kept(stage, switch.ties) == 1.0 for stage in stages):
        return "these ties have no weight in this scenario already"
    return None


def taken_along(scenario: Scenario, mechanisms: Iterable[str]) -> tuple[str, ...]:
    """Mechanisms that need one of these, directly or not, and that are on: they go off with it."""
    rows = scenario.vocabulary.mechanisms
    named = frozenset(mechanisms)
    gone, fresh = set(named), set(named)
    while fresh:
        fresh = {row.name for row in rows.values() if row.name not in gone and gone & set(row.needs)}
        gone |= fresh
    on = {name for stage in _stages(scenario) for name in rows if stage.enabled(name)}
    return tuple(name for name in rows if name in (gone - named) & on)


def _stages(scenario: Scenario) -> list[Settings]:
    """Settings of every stage of the run, the first before any change."""
    return [scenario.stages.at(scenario.start - 1), *map(scenario.settings, scenario.change_months())]


def without(scenario: Scenario, switches: Collection[Switch]) -> Scenario:
    r"""The scenario with all of these taken out, from the first month to the last.

    Mechanisms that need one that goes off go off too (:func:`taken_along`). Where ties of some kinds go, the
    others keep their pull: with the linear rule imitation, with the information rule the telling rate is scaled by
    :math:`\sum_{k \text{ left}} w_k d_k / \sum_k w_k d_k` for the numbers of ties :math:`d_k` of the generated
    graph, so that :math:`\beta w_k / \sum w d` of what is left stays as it was. (Odd places and villages too small
    for their ring have fewer ties; there this holds nearly.)

    Raises
    ------
    ScenarioError : the scenario cannot be without them.
    """
    if not switches:
        return scenario
    named = {name for switch in switches for name in switch.mechanisms}
    mechanisms = {*named, *taken_along(scenario, named)}
    ties = {kind for switch in switches for kind in switch.ties}
    values = {name: value for switch in switches for name, value in switch.values}
    shares = _shares_read(scenario)
    before = _laid_over(scenario.stages.at(scenario.start - 1), ties, values, shares)
    changes: dict[str, Any] = {**before, **{f"mechanisms.{name}": False for name in sorted(mechanisms)}}
    if scenario.timeline:
        timeline = []
        months = scenario.change_months()
        for month, entry in zip(months, scenario.resolved()["timeline"], strict=True):
            here = _laid_over(scenario.settings(month), ties, values, shares)
            rows = scenario.vocabulary.parameters
            acting = {
                name: value for name, value in entry["set"].items() if rows[name].mechanism not in mechanisms
            }
            kept = {name: value for name, value in acting.items() if name not in here}
            kept |= {name: value for name, value in here.items() if value != before[name]}
            switched = {name: on for name, on in entry["switch"].items() if name not in mechanisms}
            parts = {"set": kept, "switch": switched}
            if kept or switched:
                timeline.append({"from": entry["from"], **{key: part for key, part in parts.items() if part}})
            before = here
        changes["timeline"] = timeline
    return scenario.replace(changes)


def _shares_read(scenario: Scenario) -> list[str]:
    """Those of ``_BY_SHARE`` that a rule of some month reads: a value for the others would be refused as idle."""
    rules = {scenario.settings(month)["adoption.rule"] for month in (scenario.start, *scenario.change_months())}
    return [name for rule, name in _BY_SHARE.items() if rule in rules]


def _laid_over(
    settings: Settings, ties: Collection[str], values: Mapping[str, Value], shares: Collection[str]
) -> dict[str, Value]:
    """Values that take ties and terms out of the settings of one stage."""
    if not ties:
        return dict(values)
    weights = {f"adoption.weight_{kind}": 0.0 for kind in sorted(ties)}
    scaled = {name: settings[name] for name in shares}
    name = _BY_SHARE.get(settings["adoption.rule"])
    if name in scaled:
        scaled[name] *= _kept(settings, ties)
    return {**weights, **scaled, **values}


def _kept(settings: Settings, ties: Collection[str]) -> float:
    """Share of the weight of all ties that the other kinds have, summed in the order of kinds: always the same."""
    degree = {"ring": 2 * settings["graph.ring_reach"]}
    degree |= {kind: settings[f"graph.{kind}_matchings"] for kind in TIE_KINDS[1:]}
    weight = {kind: settings[f"adoption.weight_{kind}"] * degree[kind] for kind in TIE_KINDS}
    whole = sum(weight.values())
    kept = sum(weight[kind] for kind in TIE_KINDS if kind not in ties)
    return kept / whole if whole > 0 else 1.0
