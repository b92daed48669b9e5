"""The model as Mesa sees it: months as steps, agents as views, the kernel's columns underneath."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any, Literal

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import ArrayLike, NDArray

from sim.agents import CountyCenter, Household, Partner, Village, entry_of_household
from sim.errors import RunError, WorldError
from sim.kernel.month import MonthEvents, Simulation
from sim.scenario import Scenario, load_scenario
from sim.scenario.months import format_month
from sim.state import NEVER
from sim.world import World, build_world
from sim.world.export import Level, to_networkx

__all__ = ["HOUSEHOLDS_HELD_AT_MOST", "VILLAGES_HELD_AT_MOST", "DiffusionModel"]

#: Worlds up to these sizes hold their agents from the start; in larger ones agents are made when asked for.
HOUSEHOLDS_HELD_AT_MOST = 20_000
VILLAGES_HELD_AT_MOST = 5_000
#: A million agents take about a gigabyte.
_HOUSEHOLDS_ON_DEMAND_AT_MOST = 1_000_000

Places = Iterable[int | str] | int | str | None


class DiffusionModel(mesa.Model):  # type: ignore[misc]
    """Rural e-commerce diffusion as a ``mesa.Model``: one step is one month.

    The kernel's columns are the truth and the agents read them, so a run through this class has the same
    events as any other run of the scenario, and nothing depends on Mesa's random numbers.

    Parameters
    ----------
    scenario : a scenario, the path of its file, or the mapping a file would hold.
    seed : the history; the scenario's ``history_seed`` where it is ``None``.
    world : the scenario's world, built from it where ``None``. Your own acquaintances as a networkx graph:
        ``dataclasses.replace(world, graph=graph_of_networkx(graph, world.first_household))``.
    households : whether every household is held as an agent; ``"auto"`` holds them in worlds of at most
        ``HOUSEHOLDS_HELD_AT_MOST``.
    **kwargs : values laid over the scenario by dotted name, as in ``Scenario.replace``, so that sliders can
        set them: ``DiffusionModel("s.yaml", **{"adoption.imitation": 0.1, "end": "2014-12"})``.

    Attributes
    ----------
    simulation : the run itself, with ``scenario``, ``settings`` in force, ``world`` and ``state``.
    events : shops opened and closed in the last month; ``None`` before the first.
    datacollector : shops, Taobao villages and online sales, month by month.

    Raises
    ------
    ScenarioError, WorldError : the scenario or the world cannot be used.

    Notes
    -----
    ``agents`` and ``agents_by_type`` hold the agents made so far. Worlds of at most ``VILLAGES_HELD_AT_MOST``
    villages hold every ``Village`` from the start, and ``Partner`` and ``CountyCenter`` agents as they come
    and go. Larger worlds hold what was asked for by :meth:`villages`, :meth:`households`, :meth:`partners` and
    :meth:`county_centers`. Asking again gives the same agent.

    >>> size = {"villages": 3, "households_per_village": 40, "towns": 1, "counties": 1}
    >>> model = DiffusionModel({"start": "2012-01", "end": "2012-12", "region": {"synthetic": size}})
    >>> model.run_model()
    >>> model.month, len(model.agents_by_type[Village]), model.villages([0, 2]).get("index")
    ('2012-12', 3, [0, 2])
    """

    def __init__(
        self,
        scenario: Scenario | str | PathLike[str] | Mapping[str, Any],
        *,
        seed: int | None = None,
        world: World | None = None,
        households: Literal["auto"] | bool = "auto",
        **kwargs: Any,
    ) -> None:
        plan = _plan(scenario, seed, kwargs)
        world = build_world(plan) if world is None else world
        # Mesa's own generators shuffle agent sets and nothing else; they take the history's seed, too.
        super().__init__(rng=plan.history_seed)
        self.simulation = Simulation(plan, world)
        self.events: MonthEvents | None = None
        self._made: dict[tuple[type, int], Any] = {}
        self._holds_villages = world.n_villages <= VILLAGES_HELD_AT_MOST
        if self._holds_villages:
            self.villages()
        if households is True or (households == "auto" and world.n_households <= HOUSEHOLDS_HELD_AT_MOST):
            self._hold_households()
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in ("month", "shops", "recognised_villages", "online_sales_yuan")}
        )

    def step(self) -> None:
        """Simulate one month; ``running`` turns false with the scenario's last month.

        Raises
        ------
        RunError : the scenario's last month is over.
        """
        plan = self.simulation.scenario
        if self.simulation.months_done >= plan.n_months:
            self.running = False
            message = f"the scenario ends with {format_month(plan.end)}; give a later end to go on"
            raise RunError(message)
        self.events = self.simulation.step()
        self.running = self.simulation.months_done < plan.n_months
        if self._holds_villages:
            self._meet_programme()
        self.datacollector.collect(self)

    @property
    def scenario(self) -> None:
        """Mesa's own kind of scenario (from its version 3.5), which this model has none of.

        See ``simulation.scenario``. Mesa's browser view builds a model anew from what stands here.
        """
        return

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Mesa puts an empty scenario here."""

    @property
    def month(self) -> str | None:
        """The last month simulated, ``"YYYY-MM"``; ``None`` before the first."""
        run = self.simulation
        return format_month(run.scenario.start + run.months_done - 1) if run.months_done > 0 else None

    @property
    def shops(self) -> int:
        """Active shops."""
        return int(self.simulation.state.villages.shops.sum())

    @property
    def recognised_villages(self) -> int:
        """Taobao villages at the last count."""
        return int(self.simulation.state.villages.recognised.sum())

    @property
    def online_sales_yuan(self) -> float:
        """Online sales of the last twelve months, yuan."""
        return float(self.simulation.state.villages.online_sales_yuan().sum())

    def village(self, index: int) -> Village:
        """Agent of one village, made if need be."""
        _check_index("village", index, self.simulation.world.n_villages)
        agent: Village = self._get(Village, index)
        return agent

    def household(self, number: int) -> Household:
        """Agent of one household by its number in the world, made if need be."""
        world = self.simulation.world
        _check_index("household", number, world.n_households)
        self.village(world.village_of_household(number))
        agent: Household = self._get(Household, number)
        return agent

    def villages(self, indices: ArrayLike | None = None) -> Any:
        """Village agents, made if need be.

        Parameters
        ----------
        indices : which villages: numbers, a mask over all villages, or ``None`` for all.

        Returns
        -------
        An ``AgentSet`` in the order asked for.
        """
        return self._set(self.village(int(i)) for i in _indices(indices, self.simulation.world.n_villages))

    def households(self, village: int | Village) -> Any:
        """Household agents of a village, made if need be, as an ``AgentSet``."""
        index = self._index_of(village)
        self.village(index)
        first, after = self.simulation.world.first_household[index : index + 2].tolist()
        return self._set(self.household(number) for number in range(first, after))

    def acquaintances(self, household: int | Household) -> Any:
        """Agents of the households that a household knows, made if need be, as an ``AgentSet``."""
        neighbours, _ = self.simulation.world.graph.acquaintances(self._index_of(household))
        return self._set(self.household(int(number)) for number in neighbours)

    def partners(self, county: int | CountyCenter | None = None) -> Any:
        """Agents of the partners now at work, in a county or everywhere, made if need be: an ``AgentSet``."""
        at_work = self.simulation.state.villages.station_since != NEVER
        if county is not None:
            at_work = at_work & (self.simulation.world.villages.county == self._index_of(county))
        return self._set(self._partner(int(village)) for village in np.flatnonzero(at_work))

    def county_centers(self) -> Any:
        """Agents of the county centers now open, made if need be, as an ``AgentSet``."""
        is_open = self.simulation.state.counties.center_since != NEVER
        return self._set(self._get(CountyCenter, int(county)) for county in np.flatnonzero(is_open))

    def network(
        self,
        *,
        level: Level = "village",
        counties: Places = None,
        towns: Places = None,
        villages: Places = None,
    ) -> Any:
        """Part of the world as a ``networkx`` graph with what the run has made of it.

        The graph of ``sim.world.export.to_networkx``, and more: at level household whether a household
        ``is_selling``; at level village ``shops`` and ``recognised``, and the programme: nodes with ``role``
        "partner" and "county_center", called ``"partner 12"`` after the village and ``"county_center 0"``
        after the county, the partners tied to their village and to their center.

        Raises
        ------
        WorldError : a place is unknown, or the part is too large.
        """
        world = self.simulation.world
        graph = to_networkx(world, level=level, counties=counties, towns=towns, villages=villages)
        if level == "household":
            for _, node in graph.nodes(data=True):
                entry = entry_of_household(self.simulation, node["village"], node["local"])
                node["is_selling"] = entry is not None and bool(entry["selling"])
        else:
            _add_state(graph, self.simulation)
        return graph

    def deregister_agent(self, agent: Any) -> None:
        """Forget an agent; called by ``agent.remove()``."""
        super().deregister_agent(agent)
        self._made.pop((type(agent), agent.index), None)

    def _get(self, kind: type, index: int) -> Any:
        agent = self._made.get((kind, index))
        if agent is None:
            agent = kind(self, index)
            self._made[kind, index] = agent
        return agent

    def _partner(self, village: int) -> Partner:
        """The partner now at work there; one who left for another to come is removed first."""
        self.village(village)
        partner: Partner = self._get(Partner, village)
        if partner.since != self.simulation.state.villages.station_since[village]:
            partner.remove()
            partner = self._get(Partner, village)
        return partner

    def _meet_programme(self) -> None:
        """Hold the partners and county centers there are, and only those."""
        state = self.simulation.state
        for kind, since in (
            (Partner, state.villages.station_since),
            (CountyCenter, state.counties.center_since),
        ):
            for agent in list(self.agents_by_type.get(kind, ())):
                if since[agent.index] == NEVER:
                    agent.remove()
        self.partners()
        self.county_centers()

    def _hold_households(self) -> None:
        world = self.simulation.world
        if world.n_households > _HOUSEHOLDS_ON_DEMAND_AT_MOST:
            message = (
                f"found {world.n_households} households, allowed as agents are at most "
                f"{_HOUSEHOLDS_ON_DEMAND_AT_MOST}; leave households='auto' and use model.households(village)"
            )
            raise WorldError(message)
        for village in range(world.n_villages):
            self.households(village)

    def _set(self, agents: Iterable[Any]) -> Any:
        return AgentSet(list(agents), random=self.random)

    def _index_of(self, place: Any) -> int:
        return int(getattr(place, "index", place))


def _plan(
    scenario: Scenario | str | PathLike[str] | Mapping[str, Any], seed: int | None, changes: Mapping[str, Any]
) -> Scenario:
    """The scenario with its changes and the history asked for."""
    if isinstance(scenario, Mapping):
        scenario = Scenario.from_mapping(scenario)
    elif not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    history = {} if seed is None else {"history_seed": seed}
    laid_over = {**changes, **history}
    return scenario.replace(laid_over) if laid_over else scenario


def _indices(indices: ArrayLike | None, n: int) -> NDArray[np.int64]:
    if indices is None:
        return np.arange(n)
    chosen = np.atleast_1d(np.asarray(indices))
    if chosen.dtype == bool:
        if chosen.shape != (n,):
            message = f"found a mask of shape {chosen.shape}, allowed is one truth value for each of {n} villages"
            raise WorldError(message)
        return np.flatnonzero(chosen)
    return chosen.astype(np.int64)


def _check_index(what: str, index: int, n: int) -> None:
    if not 0 <= index < n:
        message = f"{what} {index} is not in this world; the numbers run from 0 to {n - 1}"
        raise WorldError(message)


def _add_state(graph: Any, run: Simulation) -> None:
    """Lay shops and recognition on the villages of a graph, and add their partners and county centers."""
    state, world = run.state, run.world
    for village in list(graph.nodes):
        columns = state.villages
        graph.nodes[village].update(
            shops=int(columns.shops[village]), recognised=bool(columns.recognised[village])
        )
        county = int(world.villages.county[village])
        center = f"county_center {county}"
        if state.counties.center_since[county] != NEVER:
            graph.add_node(center, role="county_center", name=str(world.counties.name_en[county]))
        if columns.station_since[village] != NEVER:
            partner = f"partner {village}"
            graph.add_node(partner, role="partner", income_yuan=float(columns.partner_income_yuan[village]))
            graph.add_edge(partner, village)
            graph.add_edge(center, partner)
