"""The recorded arrays as tidy tables with names and codes: what a user reads and what is saved.

A table is a mapping from column names to arrays of one length. In tables a month is its first day (date), a
place has its code and name.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.results.recorder import Recording
from sim.results.systems import VILLAGE_COLUMNS
from sim.state import NEVER
from sim.world import World

__all__ = [
    "Columns",
    "closing_table",
    "condition_table",
    "county_list",
    "county_table",
    "dates",
    "national_table",
    "opening_table",
    "town_list",
    "village_table",
]

Array = NDArray[Any]
Columns: TypeAlias = dict[str, Array]

_EPOCH_MONTH = 12 * 1970


def dates(months: Array) -> Array:
    """First days of absolute months, as datetime64[D].

    Examples
    --------
    >>> str(dates(np.array([12 * 2015 + 11]))[0])
    '2015-12-01'
    """
    since = np.asarray(months, np.int64) - _EPOCH_MONTH
    return since.astype("datetime64[M]").astype("datetime64[D]")


def _dates_or_never(run_months: Array, start: int) -> Array:
    out = dates(run_months.astype(np.int64) + start)
    out[run_months == NEVER] = np.datetime64("NaT")
    return out


def county_list(world: World) -> Columns:
    """Counties simulated: code, names, units above, position of the seat, rural households, villages."""
    counties = world.counties
    return {
        "county": counties.code,
        "county_zh": counties.name_zh,
        "county_en": counties.name_en,
        "prefecture": counties.prefecture,
        "prefecture_en": counties.prefecture_en,
        "province": counties.province,
        "province_en": counties.province_en,
        "lon": counties.lon,
        "lat": counties.lat,
        "rural_households": counties.rural_households,
        "villages": world.villages_in_county,
    }


def town_list(world: World) -> Columns:
    """The towns simulated: code, name, county, and the position the model gives them."""
    towns = world.towns
    return {
        "town": towns.code,
        "town_zh": towns.name_zh,
        "county": world.counties.code[towns.county],
        "lon": towns.lon,
        "lat": towns.lat,
    }


def national_table(recording: Recording) -> Columns:
    """One row a month."""
    months = recording.start + np.arange(recording.national["shops"].size)
    return {"month": dates(months), **recording.national}


def county_table(recording: Recording) -> Columns:
    """One row a month and county."""
    n_months, n_counties = recording.county["shops"].shape
    code, name = recording.world.counties.code, recording.world.counties.name_en
    return {
        "month": np.repeat(dates(recording.start + np.arange(n_months)), n_counties),
        "county": np.tile(code, n_months),
        "county_en": np.tile(name, n_months),
        **{column: values.reshape(-1) for column, values in recording.county.items()},
    }


def village_table(recording: Recording) -> Columns:
    """One row a December and village that has a shop, a station or is recognised."""
    world, rows = recording.world, recording.villages
    places, village = world.villages, rows["village"]
    names = np.array([str(name) for name in world.products], dtype=object)
    return {
        "year": rows["year"],
        "village": village,
        "uid": places.uid[village].astype(np.int64),
        "name": _names(world, village),
        "town": world.towns.code[places.town[village]],
        "county": world.counties.code[places.county[village]],
        "recognised": rows["recognised"],
        "recognised_since": _dates_or_never(rows["recognised_since"], recording.start),
        "shops": rows["shops"],
        "households": places.households[village],
        "online_sales_yuan": rows["online_sales_yuan"],
        "product": names[rows["product"]],
        "parcel_cost_yuan": rows["parcel_cost_yuan"],
        "training_stock": rows["training_stock"],
        "crowding": rows["crowding"],
        "station_since": _dates_or_never(rows["station_since"], recording.start),
        "partner_model": rows["partner_model"],
        "partner_income_yuan": rows["partner_income_yuan"],
        **{name: rows[name] for name in VILLAGE_COLUMNS if name in rows},
        "listed_2014": places.listed[village],
        "lon": places.lon[village],
        "lat": places.lat[village],
    }


def _names(world: World, village: Array) -> Array:
    """Names of villages, each made once."""
    chosen, back = np.unique(village, return_inverse=True)
    named: Array = world.names_of_villages(chosen)[back]
    return named


def opening_table(recording: Recording) -> Columns:
    """One row a shop opened, with the share of the gathered hazard that each source gave."""
    return _with_places(recording, recording.openings)


def closing_table(recording: Recording) -> Columns:
    """One row a shop closed."""
    return _with_places(recording, recording.closings)


def condition_table(recording: Recording) -> Columns:
    """One row a month and village in which a shop opened: the terms of its log hazard ratio in that month."""
    return _with_places(recording, recording.conditions)


def _with_places(recording: Recording, events: Columns) -> Columns:
    uid = recording.world.villages.uid[events["village"]].astype(np.int64)
    rest = {name: values for name, values in events.items() if name not in {"month", "village"}}
    month = dates(recording.start + events["month"].astype(np.int64))
    return {"month": month, "village": events["village"], "uid": uid, **rest}
