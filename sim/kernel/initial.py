"""The start of a run: each village's lasting base, pioneers' dates and places, the order of the roll-out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.rules import base, programme
from sim.scenario import Scenario, Settings
from sim.streams import stream_key, uniform
from sim.world import COVARIATES, World, named_openings

__all__ = [
    "NamedCenters",
    "Pioneers",
    "RollOut",
    "draw_pioneers",
    "named_centers",
    "partner_skill",
    "roll_out",
    "starting_base",
]

Floats = NDArray[np.float64]

#: Stands for the month of a center that never opens.
NO_MONTH = 12 * 1_000_000
#: Where the number of earlier partners stands in a counter, above the village's number.
_PARTNER_SHIFT = np.uint64(40)


@dataclass(frozen=True)
class Pioneers:
    """Households that open at a given month whatever their hazard: absolute ``month``, ``village``, ``local``."""

    month: NDArray[np.int64]
    village: NDArray[np.int64]
    local: NDArray[np.int64]


@dataclass(frozen=True)
class RollOut:
    """Place of each county (C,) and of each village within its county (V,) in the programme's order, from 0.

    ``government_rank`` (C,) is the order in which county governments sign up; ``partner_skill`` (V,) is that of a
    station's first partner.
    """

    county_rank: NDArray[np.int64]
    village_rank: NDArray[np.int64]
    government_rank: NDArray[np.int64]
    partner_skill: Floats


@dataclass(frozen=True)
class NamedCenters:
    """What a scenario's own table says of the counties simulated: ``month`` absolute, ``stations``,
    ``months_to_fill``, (C,) each; a county it does not name has no center and no month (``NO_MONTH``).
    """

    month: NDArray[np.int64]
    stations: Floats
    months_to_fill: Floats

    @property
    def first_month(self) -> int:
        """Month of the first center."""
        return int(self.month.min(initial=NO_MONTH))


def named_centers(world: World, scenario: Scenario) -> NamedCenters | None:
    """Centers of the scenario's own table in the counties simulated, or ``None`` without a table.

    Counties of the table that are not simulated are passed over. Where it gives no number of stations or months to
    fill, those of the programme hold.
    """
    table, section = named_openings(scenario), scenario.settings(scenario.start).programme
    if table is None:
        return None
    n, code = world.n_counties, world.counties.code
    place = np.minimum(np.searchsorted(code, table.code), n - 1)
    here = code[place] == table.code
    month = np.full(n, NO_MONTH, np.int64)
    stations, fill = np.full(n, float(section.stations_per_county)), np.full(n, float(section.months_to_fill))
    month[place[here]] = table.month[here]
    for column, given in ((stations, table.stations), (fill, table.months_to_fill)):
        said = here & ~np.isnan(given)
        column[place[said]] = given[said]
    return NamedCenters(month, stations, fill)


def starting_base(world: World, settings: Settings) -> tuple[Floats, Floats]:
    """Lasting log multiplier of every village, and the factor on its own initiative beyond that; (V,) each."""
    villages, counties, towns = world.villages, world.counties, world.towns
    section = settings.base
    revealed = base.revealed_base(
        villages.nearness,
        villages.listed,
        villages.listed_in_town,
        nearness_effect=section.nearness_effect,
        town_effect=section.town_effect,
        listed_effect=section.listed_effect,
    )
    coefficients = np.array([getattr(section, name) for name in COVARIATES])
    industry = base.industry(counties.covariates, coefficients)[villages.county]
    imitated = base.industry_in_imitation(
        industry,
        villages.nearness,
        share=section.industry_in_imitation,
        half_nearness=section.half_nearness,
    )
    log_base = base.log_base(
        imitated,
        revealed,
        county_deviate=counties.deviate[villages.county],
        town_deviate=towns.deviate[villages.town],
        village_deviate=villages.deviate,
        county_sd=section.county_sd,
        town_sd=section.town_sd,
        village_sd=section.village_sd,
    )
    return log_base, base.rooting_factor(industry, imitated)


def draw_pioneers(world: World, settings: Settings, history_seed: int) -> Pioneers:
    """Dates and households of the pioneers and their first followers.

    A pioneer without a known date begins at a uniform moment between the two given years (purpose
    ``"pioneer date"``, one uniform a village); known dates are the middle of their year. The followers are the
    pioneer's neighbours on the ring, so the group starts as one circle of acquaintances.
    """
    villages, section = world.villages, settings.pioneers
    if section.placement == "none":
        chosen = np.zeros(0, np.int64)
    elif section.placement == "known":
        chosen = np.flatnonzero(villages.pioneer_year > 0)
    else:
        chosen = np.flatnonzero(villages.listed)
    uid = villages.uid[chosen]
    moment = section.first_year + (section.last_year - section.first_year) * uniform(
        stream_key(history_seed, "pioneer date"), uid
    )
    known = villages.pioneer_year[chosen]
    month = np.floor(12.0 * np.where(known > 0, known + 0.5, moment)).astype(np.int64)
    households = villages.households[chosen]
    group = np.minimum(int(section.shops), households)
    first = np.floor(uniform(stream_key(history_seed, "pioneer place"), uid) * households).astype(np.int64)
    repeat = np.repeat(np.arange(chosen.size), group)
    step = np.arange(repeat.size) - np.repeat(np.cumsum(group) - group, group)
    return Pioneers(month[repeat], chosen[repeat], (first[repeat] + step) % households[repeat])


def roll_out(world: World, settings: Settings, base_of_village: Floats, world_seed: int) -> RollOut:
    """Order in which counties and villages join the programme, and the skill of each first partner."""
    villages, counties = world.villages, world.counties
    total: Floats = np.bincount(villages.county, base_of_village, minlength=world.n_counties).astype(np.float64)
    county_mean = total / np.maximum(world.villages_in_county, 1)
    county_gumbel = _gumbel(world_seed, "programme county", counties.code.astype(np.uint64))
    score = programme.county_score(
        np.log(counties.rural_households),
        county_mean,
        county_gumbel,
        base_weight=settings.programme.base_weight,
    )
    willing = np.log(counties.rural_households) + _gumbel(
        world_seed, "skynet county", counties.code.astype(np.uint64)
    )
    village_score = np.log(villages.households) + _gumbel(world_seed, "programme village", villages.uid)
    order = np.lexsort((-village_score, villages.county))
    village_rank = np.empty(world.n_villages, np.int64)
    first = np.cumsum(world.villages_in_county) - world.villages_in_county
    village_rank[order] = np.arange(world.n_villages) - first[villages.county[order]]
    skill = partner_skill(world_seed, villages.uid, np.zeros(world.n_villages, np.int64))
    return RollOut(_rank(score), village_rank, _rank(willing), skill)


def partner_skill(world_seed: int, uid: NDArray[np.uint64], partners_so_far: NDArray[np.integer]) -> Floats:
    """Skill of each station's next partner, uniform in (0, 1), (n,); drawn anew for every partner.

    ``uid`` lasting numbers of the villages, below 2**40; ``partners_so_far`` whom their stations have had.
    """
    counter = (partners_so_far.astype(np.uint64) << _PARTNER_SHIFT) + uid
    return uniform(stream_key(world_seed, "partner skill"), counter)


def _rank(score: Floats) -> NDArray[np.int64]:
    """Place of each score in their order from the highest, from 0."""
    rank = np.empty(score.size, np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(score.size)
    return rank


def _gumbel(seed: int, purpose: str, code: NDArray[np.uint64]) -> Floats:
    return -np.log(-np.log(uniform(stream_key(seed, purpose), code)))
