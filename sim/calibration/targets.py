"""The facts to reproduce: values and bounds, each with error, date and source, from one table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Final

from sim.calibration.history import COVARIATE_PLACE, History, Places, listed_history, places_of
from sim.calibration.statistics import PLACED, STATISTICS, span, statistic
from sim.data import counties
from sim.errors import Place, Problem, ScenarioError, refuse
from sim.results.comparison import december_years
from sim.scenario import Scenario
from sim.scenario.csv_source import read_csv
from sim.scenario.problems import nearest
from sim.scenario.values import plain_number, quoted

__all__ = ["COLUMNS", "KINDS", "TARGET_FILE", "Target", "as_seen_in", "read_targets", "targets_for"]

TARGET_FILE: Final = Path(__file__).with_name("targets.csv")
COLUMNS: Final = (
    "statistic",
    "year",
    "place",
    "kind",
    "value",
    "error",
    "discrepancy",
    "unit",
    "date",
    "source",
    "use",
    "how",
)
KINDS: Final = ("value", "at_least", "more_than")
#: "fit" targets enter the distance, "check" targets are only compared afterwards.
USES: Final = ("fit", "check")
_NUMBERS: Final = ("value", "error", "discrepancy")
_LIST = "list"


@dataclass(frozen=True, slots=True)
class Target:
    """One fact a history should reproduce.

    Parameters
    ----------
    statistic : a name of ``STATISTICS``. year : of the December. place : which province, county, rank, span or
        covariate.
    kind : "value", or a bound: "at_least", "more_than". value, error : in ``unit``; the error is the uncertainty
        of the fact itself (how two ways of counting differ), not of the model.
    discrepancy : standard deviation of what separates the fact from a run with the right parameters, for the model
        is not the world; on the scale of the fit (logarithm of counts, so 0.05 is 5 %). An assumption.
    date : at which it held. source : "list" if it is counted from the list of villages, else facts or a report.
    use : "fit" or "check". how : how it is computed, and what to know about it.
    """

    statistic: str
    year: int
    place: str
    kind: str
    value: float
    error: float
    discrepancy: float
    unit: str
    date: str
    source: str
    use: str
    how: str

    @property
    def name(self) -> str:
        """Statistic, place and year in one word, such as ``province_villages[33] 2015``."""
        return f"{self.statistic}{f'[{self.place}]' if self.place else ''} {self.year}"

    @property
    def meaning(self) -> str:
        """In words, without the year."""
        words, place = self.words
        return words.format(place=place)

    @property
    def words(self) -> tuple[str, str]:
        """The meaning with ``{place}`` for the place, to be said in any language, and the place in English."""
        words = STATISTICS[self.statistic].meaning
        if self.statistic in {"province_villages", "county_villages"}:
            return self._meaning_of_place(words)
        if self.statistic == "county_of_rank":
            return "villages of the county of rank {place}", self.place
        if self.statistic == "where_listed":
            return "Taobao villages of the counties with {place} on the list of 2014", self.place
        return (f"{words}: {{place}}" if self.place else words), self.place

    def _meaning_of_place(self, words: str) -> tuple[str, str]:
        table = counties()
        if self.statistic == "county_villages":
            rows, names = table.find(self.place), table.name_en
        else:
            rows, names = table.find_province(self.place), table.province_en
        if rows:
            return "Taobao villages in {place}", str(names[rows[0]])
        return f"{words} {{place}}", self.place

    @property
    def is_bound(self) -> bool:
        """Whether only a least value is known."""
        return self.kind != "value"

    @property
    def is_listed(self) -> bool:
        """Whether it is counted from the list of villages, so that it can be counted for any region."""
        return self.source.startswith(_LIST)

    def of(self, history: History, places: Places) -> float:
        """The statistic of a history."""
        return statistic(history, places, self.statistic, self.year, self.place)

    def censored(self, value: float) -> float:
        """The value as far as a bound can see it: beyond the bound all values are alike."""
        return min(value, self.value) if self.is_bound and not math.isnan(value) else value

    def holds(self, low: float, high: float) -> bool:
        """Whether a band contains the fact: the value give or take its error, or anything that meets the bound."""
        if math.isnan(low) or math.isnan(high):
            return False
        if self.kind == "at_least":
            return high >= self.value
        if self.kind == "more_than":
            return high > self.value
        return low - self.error <= self.value <= high + self.error


def read_targets(path: Path = TARGET_FILE) -> tuple[Target, ...]:
    """Load and check a table of targets.

    Raises
    ------
    ScenarioError : with every mistake and its line: unknown statistic, county, province or kind, no number, an
        error below 0, a target twice, a row of another length, no text in UTF-8.
    """
    label = str(path)
    with suppress(OSError):  # what else keeps it from being read is told by the reader
        if not path.is_file():
            raise ScenarioError(Problem("there is no such file of targets", Place(label)))
    table = read_csv(path, label, f"a table with the columns {', '.join(COLUMNS)}")
    if table.columns != COLUMNS:
        message = f"found columns {quoted(', '.join(table.columns))}, allowed are {', '.join(COLUMNS)}"
        raise ScenarioError(Problem(message, Place(label, 1, 1)))
    targets: dict[str, Target] = {}
    problems: list[Problem] = list(table.problems)
    for row in table.rows:
        place = Place(label, row["statistic"].line, 1)
        cells = {name: cell.text for name, cell in row.items()}
        mistakes = list(_mistakes(cells))
        if not mistakes:
            numbers = {name: float(cells[name]) for name in _NUMBERS} | {"year": int(cells["year"])}
            target = Target(**{**cells, **numbers})  # type: ignore[arg-type]  # the other cells are text
            if target.name in targets:
                mistakes.append(f"{target.name} stands twice")
            targets[target.name] = target
        problems += [Problem(mistake, place) for mistake in mistakes]
    if problems:
        raise ScenarioError(problems)
    return tuple(targets.values())


def _mistakes(cells: Mapping[str, str]) -> Iterable[str]:
    name = cells["statistic"]
    if name not in STATISTICS:
        meant = nearest(name, STATISTICS)
        yield f"found statistic {quoted(name)}, " + (
            f"did you mean {meant}?" if meant else f"allowed is one of {', '.join(STATISTICS)}"
        )
    else:
        yield from _wrong_place(name, cells["place"])
    for column, allowed in (("kind", KINDS), ("use", USES)):
        if cells[column] not in allowed:
            yield f"found {column} {quoted(cells[column])}, allowed is one of {', '.join(allowed)}"
    if plain_number(cells["year"]) is None:
        yield f"found year {quoted(cells['year'])}, allowed is a year such as 2015"
    for column in _NUMBERS:
        number = _finite(cells[column])
        if number is None or (column != "value" and number < 0.0):
            from_0 = " from 0" if column != "value" else ""
            yield f"found {column} {quoted(cells[column])}, allowed is a number{from_0}"
    yield from (f"the {column} is blank" for column in ("unit", "date", "source") if not cells[column])


def _wrong_place(name: str, place: str) -> Iterable[str]:
    if name not in PLACED:
        if place:
            yield f"found place {quoted(place)}, but {name} has none"
    elif name == "mean_covariate":
        if place not in COVARIATE_PLACE:
            yield f"found covariate {quoted(place)}, allowed is one of {', '.join(COVARIATE_PLACE)}"
    elif name == "where_listed":
        try:
            span(place)
        except ValueError:
            yield f"found place {quoted(place)}, allowed is {STATISTICS[name].place}"
    elif not plain_number(place):
        yield f"found place {quoted(place)}, allowed is {STATISTICS[name].place}"


def _finite(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def targets_for(
    scenario: Scenario, given: str | PathLike[str] | Sequence[Target] | None = None
) -> tuple[Target, ...]:
    """Targets of a scenario.

    Those of the shipped table hold for all of China. For a smaller region the ones counted from the list of
    villages are counted again inside it, and statements about the whole country are left out; an invented world
    has none of its own.

    Parameters
    ----------
    given : the path of a table of the user's own, or targets; taken as they stand.

    Raises
    ------
    ScenarioError : the table has mistakes, names places outside the region or years the run does not reach, or
        there is no target at all.
    """
    found = _read(given)
    if given is None and scenario.region.kind != "china":
        kept = [target for target in found if target.is_listed and target.statistic != "poverty_villages"]
        found = as_seen_in(kept, listed_history(scenario), places_of(scenario))
    if given is None:
        years = set(december_years(scenario))
        found = tuple(target for target in found if target.year in years)
    else:
        _check_reach(found, scenario, str(given) if isinstance(given, str | PathLike) else "python")
    if not found:
        message = "there is no target for this scenario"
        hint = "give a table of targets (--targets), or end the run in 2014-12 or later in a region of China"
        raise ScenarioError(Problem(message, hint=hint))
    return found


def _read(given: str | PathLike[str] | Sequence[Target] | None) -> tuple[Target, ...]:
    if given is None or isinstance(given, str | PathLike):
        return read_targets(TARGET_FILE if given is None else Path(given))
    listed: Any = given  # Python may hand over anything
    if not (isinstance(listed, Sequence) and all(isinstance(each, Target) for each in listed)):
        message = (
            f"found facts of type {type(given).__name__}, allowed is the path of a table or a list of targets"
        )
        refuse(message, "sim.calibration.targets.Target makes one")
    return tuple(listed)


def as_seen_in(targets: Sequence[Target], history: History, places: Places) -> tuple[Target, ...]:
    """The same targets with values counted in another history; those it does not tell are left out.

    With a run as history this makes targets whose truth is known, to test a method with.
    """
    pairs = [(target, target.of(history, places)) for target in targets]
    return tuple(
        replace(target, value=value, kind=target.kind) for target, value in pairs if not math.isnan(value)
    )


def _check_reach(targets: Sequence[Target], scenario: Scenario, given: str) -> None:
    places, years = places_of(scenario), december_years(scenario)
    problems = []
    for target in targets:
        if target.year not in years:
            reached = f"{years[0]} to {years[-1]}" if years else "no December"
            problems.append(f"{target.name}: the scenario counts in {reached}")
        if target.statistic == "county_villages" and int(target.place) not in places.code:
            problems.append(f"{target.name}: {target.place} is no county of this scenario's region")
        if target.statistic == "province_villages" and int(target.place) not in places.province:
            problems.append(f"{target.name}: {target.place} is no province of this scenario's region")
    if problems:
        raise ScenarioError([Problem(message, Place(given)) for message in problems])
