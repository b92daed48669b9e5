"""What somebody chose on the page, and the scenario that follows from it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.app.knobs import shown
from sim.scenario import Scenario
from sim.scenario.frozen import FrozenMapping
from sim.scenario.months import format_month
from sim.scenario.values import Value, number_text

__all__ = ["Choice", "acting", "baseline_of", "changed", "command", "policy_of", "words"]


@dataclass(frozen=True)
class Choice:
    """Values and switches laid over the scenario, and the luck for both.

    Parameters
    ----------
    values, switches : by name; those equal to the scenario's change nothing.
    history_seed : of both runs; ``None`` keeps the scenario's.
    """

    values: Mapping[str, Value] = field(default_factory=lambda: FrozenMapping({}))
    switches: Mapping[str, bool] = field(default_factory=lambda: FrozenMapping({}))
    history_seed: int | None = None


def changed(scenario: Scenario, choice: Choice) -> dict[str, Value]:
    """What the choice changes, by dotted name: switches first, then parameters whose mechanism is on.

    A parameter of a mechanism that is off cannot act, and a scenario that sets one would be refused.
    """
    switches = {name: on for name, on in choice.switches.items() if scenario.mechanisms[name] != on}
    rows = scenario.vocabulary.parameters
    on = acting(scenario, choice)
    values = {
        name: value
        for name, value in choice.values.items()
        if scenario.values[name] != value and on.get(rows[name].mechanism or "", True)
    }
    return {**{f"mechanisms.{name}": on for name, on in switches.items()}, **values}


def acting(scenario: Scenario, choice: Choice) -> dict[str, bool]:
    """Whether each mechanism is on in some month of the changed policy."""
    on = {**scenario.mechanisms, **choice.switches}
    for change in scenario.timeline:
        on |= {name: True for name, is_on in change.switch.items() if is_on}
    return on


def baseline_of(scenario: Scenario, choice: Choice) -> Scenario:
    """The scenario with the luck chosen."""
    if choice.history_seed is None or choice.history_seed == scenario.history_seed:
        return scenario
    return scenario.replace({"history_seed": choice.history_seed})


def policy_of(scenario: Scenario, choice: Choice) -> Scenario:
    """The changed scenario: the same world and the same luck, other values.

    Raises
    ------
    ScenarioError : the values chosen contradict each other.
    """
    base, differing = baseline_of(scenario, choice), changed(scenario, choice)
    return base.replace(_as_in_a_file(base, differing)) if differing else base


def _as_in_a_file(scenario: Scenario, differing: Mapping[str, Value]) -> dict[str, Any]:
    rows = scenario.vocabulary.parameters
    return {
        name: format_month(int(value)) if name in rows and rows[name].type == "month" else value
        for name, value in differing.items()
    }


def words(scenario: Scenario, choice: Choice) -> list[tuple[str, str, str, str]]:
    """Quadruples (name, value in the scenario, value chosen, unit) of what differs."""
    rows, lines = scenario.vocabulary.parameters, []
    for name, value in changed(scenario, choice).items():
        if name in rows:
            row = rows[name]
            unit = "" if row.unit in {"dimensionless", "month"} else row.unit
            lines.append((name, shown(row, scenario.values[name]), shown(row, value), unit))
        else:
            before = scenario.mechanisms[name.partition(".")[2]]
            lines.append((name, "on" if before else "off", "on" if value else "off", ""))
    return lines


def command(scenario: Scenario, choice: Choice, file: str) -> str:
    """The shell command that compares the same two scenarios over several histories, of which the first is shown.

    Where nothing is changed there is nothing to compare: the command runs the one history shown.
    """
    given = _as_in_a_file(scenario, changed(scenario, choice))
    texts = [f"{name}={_text(value)}" for name, value in given.items()]
    seed = baseline_of(scenario, choice).history_seed
    luck = [] if seed == scenario.history_seed else ["--seed", str(seed)]
    if not texts:
        return shlex.join(["hinterland", "run", file, *luck])
    return shlex.join(["hinterland", "compare", file, ";".join(texts), "--replicates", "8", *luck])


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else str(value)
