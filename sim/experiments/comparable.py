"""Which scenarios may be compared: those whose villages and months are the same, and that are counted."""

from __future__ import annotations

from sim.errors import refuse
from sim.results.comparison import december_years
from sim.scenario import Scenario

__all__ = ["check_counted", "check_same_villages", "different_world"]


def check_counted(name: str, scenario: Scenario) -> None:
    """Refuse a scenario that reaches no December.

    Raises
    ------
    ScenarioError : it reaches none.
    """
    if not december_years(scenario):
        refuse(f"{name}: reaches no December, so no year can be compared", "let it end later")


def check_same_villages(name: str, policy: Scenario, base_name: str, base: Scenario, *, hint: str) -> None:
    """Refuse a policy whose villages or months are not those of its base.

    Raises
    ------
    ScenarioError : they are others; the message names what differs.
    """
    differing = different_world(base, policy)
    if differing:
        what = f"{', '.join(differing)} differ from {base_name}"
        refuse(f"{name}: {what}, so they would not be the same villages", hint)


def different_world(base: Scenario, policy: Scenario) -> list[str]:
    """What makes the villages or months of two scenarios different ones; empty if nothing does."""
    of_world = [row.name for row in base.vocabulary.parameters.values() if row.scope == "world"]
    graphs = [each.acquaintances and each.acquaintances.sha256 for each in (base, policy)]
    same = [
        ("months", (base.start, base.end) == (policy.start, policy.end)),
        ("region", base.resolved()["region"] == policy.resolved()["region"]),
        ("acquaintances", graphs[0] == graphs[1]),
        *((name, base.values[name] == policy.values[name]) for name in of_world),
    ]
    return [word for word, equal in same if not equal]
