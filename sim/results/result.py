"""The result of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results import clusters, comparison, display, folder, poverty
from sim.results.diagnostics import Diagnostics
from sim.results.foundings import founding_table
from sim.results.genealogy import Of, genealogy
from sim.results.story import VillageStory, explain
from sim.results.tables import Columns
from sim.results.teachers import teacher_table
from sim.scenario import Scenario
from sim.world import World, build_world

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunResult", "load_result", "register_accessor"]

_ACCESSORS: dict[str, Callable[[RunResult], Any]] = {}


def register_accessor(name: str, make: Callable[[RunResult], Any]) -> None:
    """Offer ``result.<name>``: what later layers add to a result without this one knowing them.

    ``sim.plotting`` registers ``plot`` in this way when it is imported, which ``sim.run`` sees to.
    """
    _ACCESSORS[name] = make


class RunResult:
    """What one run gave: tables, comparison with the published lists, provenance.

    Tables are made when first asked for. As data frames: :attr:`national`, :attr:`counties`,
    :attr:`villages`, :attr:`towns`, :attr:`events`, :attr:`closings`, :attr:`conditions`, :attr:`clusters`,
    :attr:`patterns`, :attr:`provinces`, :attr:`poverty`, :attr:`teachers`, :attr:`foundings`,
    :attr:`observed_comparison`; as arrays by name: :meth:`columns`. Who taught whom: :meth:`genealogy`.
    The story of one village: :meth:`explain`. Figures: ``result.plot``.

    Parameters
    ----------
    scenario : what was simulated, seeds included.
    provenance : versions, machine, cost (see ``provenance.json`` of a run folder).
    tables : by name, the columns or a function that makes them.
    """

    def __init__(
        self,
        scenario: Scenario,
        provenance: Mapping[str, Any],
        tables: Mapping[str, Columns | Callable[[], Columns]],
    ) -> None:
        self.scenario = scenario
        self.provenance = provenance
        self._tables = dict(tables)

    def columns(self, table: str) -> Columns:
        """Columns of a table as arrays.

        Parameters
        ----------
        table : national, counties, villages, events, closings, conditions, teachers, foundings, clusters,
            patterns, provinces, poverty, towns, county_list or town_list.

        Raises
        ------
        KeyError : there is no such table.
        """
        if table not in self._tables and table not in _DERIVED:
            message = f"no table {table!r}; there are {', '.join([*self._tables, *_DERIVED])}"
            raise KeyError(message)
        found = self._tables.get(table)
        if found is None:
            found = _DERIVED[table](self)
        elif callable(found):
            found = found()
        self._tables[table] = found
        return found

    def _frame(self, table: str) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(self.columns(table))

    @property
    def national(self) -> pd.DataFrame:
        """One row a month: shops, openings, closings, sales, parcels, parcel cost, programme."""
        return self._frame("national")

    @property
    def counties(self) -> pd.DataFrame:
        """One row a month and county: shops, openings, closings, online sales of the month."""
        return self._frame("counties")

    @property
    def villages(self) -> pd.DataFrame:
        """One row a December and village with a shop, a station or recognition."""
        return self._frame("villages")

    @property
    def towns(self) -> pd.DataFrame:
        """One row a December and town with a recognised village."""
        return self._frame("towns")

    @property
    def events(self) -> pd.DataFrame:
        """One row a shop opened: who, when, how large, and what share of the hazard each source gave."""
        return self._frame("events")

    @property
    def closings(self) -> pd.DataFrame:
        """One row a shop closed."""
        return self._frame("closings")

    @property
    def conditions(self) -> pd.DataFrame:
        """One row a month and village in which a shop opened: the terms of its log hazard ratio."""
        return self._frame("conditions")

    @property
    def teachers(self) -> pd.DataFrame:
        """One row a shop opened: its most likely teacher; found when first asked for."""
        return self._frame("teachers")

    @property
    def foundings(self) -> pd.DataFrame:
        """One row a village that ever had a shop: the first, and the village that taught it."""
        return self._frame("foundings")

    def genealogy(
        self,
        of: Of = "villages",
        *,
        county: int | str | None = None,
        village: int | str | None = None,
        descendants: bool = False,
    ) -> Any:
        """Who taught whom, as a ``networkx.DiGraph``: a forest with edges from teacher to taught.

        Every node has at most one teacher, who began in an earlier month; roots are pioneers and those who opened
        on their own initiative. Teachers are the most likely ones, see ``sim.metrics.teachers``.

        Parameters
        ----------
        of : ``"villages"``: a node is a village (its index), its teacher the village of the teacher of its first
            shop; or ``"households"``: a node is a shop opened (its row in :attr:`events`), so a household that
            opens a second shop is two.
        county, village : keep the nodes there and all their ancestors, wherever these are; ``inside`` tells
            them apart. Names and codes as in ``sim.world.lookup``.
        descendants : keep also everybody taught by those there, at first or second hand and so on.

        Returns
        -------
        A graph whose nodes have ``month``, ``village``, ``name``, ``town``, ``county``, ``county_en``, ``inside``,
        ``source``, ``probability``, ``generation``, and ``openings`` (villages) or ``local`` and ``size``
        (households); its edges ``tie``, ``probability`` and ``months`` between. ``sim.results.forest`` has
        questions to it: ``depth``, ``generation_sizes``, ``most_taught``, ``source_shares``.

        Raises
        ------
        ResultError : ``of`` is neither, both places are given, or the forest has more than 300,000 nodes.
        WorldError : a place is unknown or its name ambiguous.
        """
        return genealogy(self, of=of, county=county, village=village, descendants=descendants)

    def explain(self, village: int | str) -> VillageStory:
        """The story of one village: who began, who taught whom, what conditions carried, what it became.

        Parameters
        ----------
        village : its index, its twelve-digit number, or its name in Chinese or English, if need be with the town
            or county after a comma or a code before it: ``"东风村"``, ``"Dongfeng, Suining"``,
            ``"320324109 东风村"``.

        Returns
        -------
        A story that prints as a page and shows itself in a notebook; ``to_dict()`` in JSON types, ``plot()`` as a
        figure. Teachers are the most likely ones and sources are probabilities (``sim.metrics.teachers``); hazard
        ratios are those in force in the months of the openings, and a term's share is its part of the sum of the
        absolute terms, averaged over the openings. Sales are known for Decembers only.

        Raises
        ------
        WorldError : no village is called so (the nearest names are given), or several are (all are given).
        """
        return explain(self, village)

    @property
    def clusters(self) -> pd.DataFrame:
        """One row a December and cluster of Taobao villages, by county and by contiguity, the largest first."""
        return self._frame("clusters")

    @property
    def patterns(self) -> pd.DataFrame:
        """One row a pattern and year: simulated, and observed where there was a list."""
        return self._frame("patterns")

    @property
    def provinces(self) -> pd.DataFrame:
        """One row a province and December: Taobao villages simulated and observed."""
        return self._frame("provinces")

    @property
    def poverty(self) -> pd.DataFrame:
        """One row a December: Taobao villages in nationally poor counties, households lifted above the line."""
        return self._frame("poverty")

    @property
    def observed_comparison(self) -> pd.DataFrame:
        """The patterns of the years with a published list, and how far the run is from it."""
        frame = self.patterns
        frame = frame[frame["observed"].notna()].reset_index(drop=True)
        frame.insert(1, "meaning", [comparison.PATTERN_WORDS[name] for name in frame["pattern"]])
        return frame.assign(difference=frame["simulated"] - frame["observed"])

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """How the run diffused: exposure, thresholds, adopter classes, hazards, ties, Bass' curve."""
        return Diagnostics(self)

    @property
    def world(self) -> World:
        """The world of the run, built again where the process no longer holds it."""
        return build_world(self.scenario)

    def save(
        self,
        path: str | PathLike[str],
        *,
        figures: Mapping[str, bytes] | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write a run folder, whole or not at all.

        Parameters
        ----------
        path : the folder; it may exist if it is empty.
        figures : PNG files by name, for example ``result.plot.pngs()``.
        overwrite : replace the run folder that is there; a folder that is none is never replaced.

        Raises
        ------
        ResultError : the folder is in use or cannot be written.
        """
        return folder.save(
            Path(path),
            self.scenario,
            dict(self.provenance),
            {name: self.columns(name) for name in folder.SAVED_TABLES},
            figures=figures or {},
            overwrite=overwrite,
        )

    def __getattr__(self, name: str) -> Any:
        if name in _ACCESSORS:
            return _ACCESSORS[name](self)
        message = f"a result has no {name!r}"
        if name == "plot":
            message += "; import sim.plotting first"
        raise AttributeError(message)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_ACCESSORS})

    def __repr__(self) -> str:
        return display.text(self.scenario, self.columns("patterns"))

    def _repr_html_(self) -> str:
        picture = self.plot.thumbnail() if "plot" in _ACCESSORS else None
        return display.html(self.scenario, self.columns("patterns"), self.provenance, picture)


_DERIVED: dict[str, Callable[[RunResult], Columns]] = {
    "patterns": lambda result: comparison.pattern_table(
        result.scenario, result.columns("villages"), result.columns("county_list")
    ),
    "provinces": lambda result: comparison.province_table(
        result.scenario, result.columns("villages"), result.columns("county_list")
    ),
    "clusters": lambda result: clusters.cluster_table(
        result.scenario, result.columns("villages"), result.columns("county_list")
    ),
    "teachers": teacher_table,
    "foundings": founding_table,
    "poverty": lambda result: poverty.poverty_table(result.scenario, result.columns("villages")),
    "towns": lambda result: comparison.town_table(
        result.scenario, result.columns("villages"), result.columns("town_list")
    ),
}


def load_result(path: str | PathLike[str]) -> RunResult:
    """Read a run folder back; ``sim.run(sim.load_result(path).scenario)`` repeats the run.

    Raises
    ------
    ResultError : it is no run folder, is damaged, or has a layout this version does not know.
    ScenarioError : its scenario is not one this version can read.
    """
    scenario, provenance, tables = folder.read(Path(path))
    return RunResult(scenario, provenance, tables)
