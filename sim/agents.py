"""The four kinds of agents, as views: each knows its place in the columns and reads them when asked.

Nothing is stored here and nothing can be set: the columns of the kernel are the truth, so an agent made late
tells the same as one held from the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.kernel.entries import entry_of
from sim.kernel.month import Simulation
from sim.rules import adoption
from sim.scenario.months import format_month
from sim.state import NEVER
from sim.streams import exponential, household_counter, normal
from sim.world import TIE_KINDS

__all__ = ["AgentMaker", "CountyCenter", "Household", "Partner", "Village", "entry_of_household"]

_BITS_PER_KIND = 8
# Written for scalars and without annotations, as the compiled event loop needs them.
_weighted_share: Callable[[float, float], float] = adoption.weighted_share
_imitation_share: Callable[[float, int, int], float] = adoption.imitation_share
_monthly_hazard: Callable[[float, float, float], float] = adoption.monthly_hazard


def entry_of_household(run: Simulation, village: int, local: int) -> Any:
    """What the kernel holds of a household (``sim.kernel.entries.ENTRY``), or ``None``.

    Where it holds nothing the household has no selling acquaintance and never sold.
    """
    row = entry_of(run.store, run.blocks, village, local)
    return None if row < 0 else run.store.entries[row]


class AgentMaker(Protocol):
    """What an agent needs of its model: the run, and its fellow agents."""

    simulation: Simulation

    def village(self, index: int) -> Village:
        """Agent of a village."""

    def households(self, village: int | Village) -> Any:
        """Household agents of a village."""

    def acquaintances(self, household: int | Household) -> Any:
        """Household agents whom a household knows."""

    def partners(self, county: int | CountyCenter | None = None) -> Any:
        """Partner agents."""


class _View(mesa.Agent):  # type: ignore[misc]
    """An agent that reads columns; ``index`` is its place in them."""

    __slots__ = ("index",)

    def __init__(self, model: AgentMaker, index: int) -> None:
        self.index = index
        super().__init__(model)

    @property
    def _run(self) -> Simulation:
        run: Simulation = self.model.simulation
        return run

    def _month(self, run_month: int) -> str | None:
        return None if run_month == NEVER else format_month(self._run.scenario.start + run_month)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.index})"


class Village(_View):
    """A village: its lasting columns and what the last month left; ``index`` is its row."""

    __slots__ = ()

    @property
    def uid(self) -> int:
        """Lasting number: the town's code and the place in the town."""
        return int(self._run.world.villages.uid[self.index])

    @property
    def name(self) -> str:
        """Name where it is known, else the town's and a number."""
        return self._run.world.name_of_village(self.index)

    @property
    def town(self) -> int:
        """Index of the town."""
        return int(self._run.world.villages.town[self.index])

    @property
    def county(self) -> int:
        """Index of the county."""
        return int(self._run.world.villages.county[self.index])

    @property
    def lon(self) -> float:
        """Longitude in degrees; the place within the county is the model's own."""
        return float(self._run.world.villages.lon[self.index])

    @property
    def lat(self) -> float:
        """Latitude in degrees; the place within the county is the model's own."""
        return float(self._run.world.villages.lat[self.index])

    @property
    def households(self) -> int:
        """Number of households."""
        return int(self._run.world.villages.households[self.index])

    @property
    def product(self) -> str:
        """Product its shops sell."""
        return str(self._run.world.products[self._run.state.villages.product[self.index]])

    @property
    def listed(self) -> bool:
        """Whether it stands on the list of 2014."""
        return bool(self._run.world.villages.listed[self.index])

    @property
    def shops(self) -> int:
        """Active shops."""
        return int(self._run.state.villages.shops[self.index])

    @property
    def incoming_shops(self) -> int:
        """Active shops of incoming merchants, beside those of its households."""
        return int(self._run.state.villages.incoming_shops[self.index])

    @property
    def sales_yuan(self) -> float:
        """Online sales of the last month, yuan."""
        return float(self._run.state.villages.sales_yuan[self.index])

    @property
    def online_sales_yuan(self) -> float:
        """Online sales of the last twelve months, yuan."""
        return float(self._run.state.villages.sales_by_month[:, self.index].sum(dtype=np.float64))

    @property
    def recognised(self) -> bool:
        """Whether the last December's count found a Taobao village."""
        return bool(self._run.state.villages.recognised[self.index])

    @property
    def recognised_since(self) -> str | None:
        """Month of the first count that found a Taobao village."""
        return self._month(int(self._run.state.villages.recognised_since[self.index]))

    @property
    def base(self) -> float:
        """Lasting log multiplier of its households' hazard."""
        return float(self._run.state.villages.base[self.index])

    @property
    def parcel_cost_yuan(self) -> float:
        """Cost of a parcel, yuan."""
        return float(self._run.state.villages.parcel_cost_yuan[self.index])

    @property
    def training_stock(self) -> float:
        """Skill, in trained households' equivalents a hundred."""
        return float(self._run.state.villages.training_stock[self.index])

    @property
    def crowding(self) -> float:
        """Crowding of its product in its county, log units."""
        return float(self._run.state.villages.crowding[self.index])

    @property
    def awareness(self) -> float:
        """Share of its households that know of selling online, under the information rule."""
        return float(self._run.state.villages.awareness[self.index])

    @property
    def station_since(self) -> str | None:
        """Month in which its station opened."""
        return self._month(int(self._run.state.villages.station_since[self.index]))

    def members(self) -> Any:
        """Household agents of the village, an ``AgentSet``."""
        return self.model.households(self)


class Household(_View):
    """A household: whether it sells, whom it knows, and how near it is to opening a shop.

    ``index`` is its number among all households of the world, ``local`` its number in the village ``home``.
    """

    __slots__ = ("home", "local")

    def __init__(self, model: AgentMaker, index: int) -> None:
        world = model.simulation.world
        self.home = world.village_of_household(index)
        self.local = index - int(world.first_household[self.home])
        super().__init__(model, index)

    @property
    def _entry(self) -> Any:
        return entry_of_household(self._run, self.home, self.local)

    @property
    def village(self) -> Village:
        """Agent of its village."""
        village: Village = self.model.village(self.home)
        return village

    @property
    def is_selling(self) -> bool:
        """Whether its shop is open."""
        entry = self._entry
        return entry is not None and bool(entry["selling"])

    @property
    def seller_since(self) -> str | None:
        """Month in which its shop opened, while it is open."""
        entry = self._entry
        return self._month(int(entry["opened"])) if entry is not None and entry["selling"] else None

    @property
    def shop_size(self) -> float:
        """Size of its shop relative to the median shop, 0 without one."""
        entry = self._entry
        return float(entry["size"]) if entry is not None and entry["selling"] else 0.0

    @property
    def shops_closed(self) -> int:
        """Shops it has closed so far (counted up to 15)."""
        entry = self._entry
        return 0 if entry is None else int(entry["episode"])

    def _counter(self, episode: int) -> NDArray[np.uint64]:
        return household_counter(self._run.world.villages.uid[[self.home]], [self.local], episode)

    @property
    def propensity(self) -> float:
        """Factor on its hazard, drawn once, mean one."""
        deviate = float(normal(self._run.keys.propensity, self._counter(0))[0])
        sd = self._run.law.propensity_sd
        return math.exp(sd * deviate - 0.5 * sd**2)

    @property
    def threshold(self) -> float:
        """Hazard at propensity one that it must accumulate before its next opening."""
        unit = float(exponential(self._run.keys.threshold, self._counter(self.shops_closed))[0])
        return unit / self.propensity

    @property
    def accumulated_hazard(self) -> float:
        """Hazard at propensity one gathered towards its next opening; 0 while it sells."""
        entry, run = self._entry, self._run
        if entry is None:
            return float(run.clocks.own[self.home])
        if entry["selling"]:
            return 0.0
        elapsed = float(run.clocks.village[self.home] - entry["settled"])
        return self.threshold - float(entry["missing"]) + self._hazard_of_clock() * elapsed

    def _hazard_of_clock(self) -> float:
        run = self._run
        n_sellers = sum(self.selling_acquaintances.values())
        imitated = _imitation_share(self.exposure, n_sellers, run.law.threshold_sellers)
        own = run.law.own_initiative * float(run.people.rooting[self.home])
        return float(_monthly_hazard(own, run.law.imitation, imitated))

    @property
    def n_acquaintances(self) -> int:
        """Number of its ties."""
        return int(self._run.world.graph.degrees(self.index).sum())

    @property
    def selling_acquaintances(self) -> dict[str, int]:
        """Number of ties to households that sell, by kind of tie."""
        entry = self._entry
        packed = 0 if entry is None else int(entry["sellers"])
        mask = (1 << _BITS_PER_KIND) - 1
        return {kind: packed >> (_BITS_PER_KIND * place) & mask for place, kind in enumerate(TIE_KINDS)}

    @property
    def exposure(self) -> float:
        """Share of acquaintances who sell, each kind of tie weighing as the law in force says."""
        weights = self._run.law.weights
        sellers = np.array(list(self.selling_acquaintances.values()))
        degrees = self._run.world.graph.degrees(self.index)
        return float(_weighted_share(float(weights @ sellers), float(weights @ degrees)))

    def acquaintances(self) -> Any:
        """Agents of the households it knows, an ``AgentSet``."""
        return self.model.acquaintances(self)


class Partner(_View):
    """A partner of the programme at work in the station of a village; ``index`` is the village's row."""

    __slots__ = ("since",)

    def __init__(self, model: AgentMaker, index: int) -> None:
        self.since = int(model.simulation.state.villages.station_since[index])
        super().__init__(model, index)

    @property
    def village(self) -> Village:
        """Agent of the village it works in."""
        village: Village = self.model.village(self.index)
        return village

    @property
    def county(self) -> int:
        """Index of its county."""
        return int(self._run.world.villages.county[self.index])

    @property
    def started_month(self) -> str | None:
        """Month in which it began."""
        return self._month(self.since)

    @property
    def generation(self) -> int:
        """1 for a shop owner of model 1.0, 2 for a returning youth of model 2.0."""
        return int(self._run.state.villages.partner_model[self.index])

    @property
    def skill(self) -> float:
        """Skill in [0, 1]."""
        return float(self._run.state.villages.partner_skill[self.index])

    @property
    def income_yuan(self) -> float:
        """Income of the last month, yuan."""
        return float(self._run.state.villages.partner_income_yuan[self.index])


class CountyCenter(_View):
    """The county center of the programme; ``index`` is the county's row."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Name of the county in English or pinyin."""
        return str(self._run.world.counties.name_en[self.index])

    @property
    def code(self) -> int:
        """Code of the county."""
        return int(self._run.world.counties.code[self.index])

    @property
    def opened_month(self) -> str | None:
        """Month in which it opened."""
        return self._month(int(self._run.state.counties.center_since[self.index]))

    @property
    def partners(self) -> int:
        """Partners at work in the county."""
        world, stations = self._run.world, self._run.state.villages.station_since
        return int(np.count_nonzero((stations != NEVER) & (world.villages.county == self.index)))

    @property
    def parcels(self) -> float:
        """Parcels sent from the county in the last month."""
        return float(self._run.state.counties.parcels[self.index])

    def staff(self) -> Any:
        """Agents of its partners, an ``AgentSet``."""
        return self.model.partners(self)
