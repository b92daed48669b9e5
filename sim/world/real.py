"""Columns of the real country: the tree of 2016, the census of 2010, the list of 2014."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.data import counties, observed_villages, products, towns
from sim.world.columns import Columns, Counties, Towns, Villages, frozen_columns
from sim.world.households import households_of_villages
from sim.world.nearness import nearness_by_product
from sim.world.positions import county_radius_km, great_circle_km, on_spiral
from sim.world.products import draw_products
from sim.world.request import WorldRequest
from sim.world.tree import VillageFrame, county_frame, deviates, listed_villages, village_frame

__all__ = ["real_columns"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def real_columns(request: WorldRequest) -> Columns:
    """Columns of the chosen counties of China, with all their towns and villages."""
    rows = np.array(request.county_rows, np.int64)
    frame = village_frame(rows)
    radius = _county_radius_km()[rows]
    county_table = _counties(request, rows)
    town_table = _towns(request, frame, county_table, radius)
    village_table = _villages(request, frame, county_table, town_table, radius)
    return Columns(county_table, town_table, village_table, tuple(str(name) for name in products().product))


@lru_cache(maxsize=1)
def _county_radius_km() -> Floats:
    """Radius of the disc of every county of the country: all pairs of seats are looked at, once in a process."""
    radius = county_radius_km(counties().lon, counties().lat)
    radius.flags.writeable = False
    return radius


def _counties(request: WorldRequest, rows: Integers) -> Counties:
    table, frame = counties(), county_frame(rows)
    code = table.adcode[rows].astype(np.int64)
    columns = Counties(
        code=code,
        name_zh=table.name_zh[rows],
        name_en=table.name_en[rows],
        prefecture=table.prefecture_code[rows].astype(np.int64),
        prefecture_en=table.prefecture_en[rows],
        province=table.province_code[rows].astype(np.int64),
        province_en=table.province_en[rows],
        lon=table.lon[rows],
        lat=table.lat[rows],
        rural_households=table.rural_households[rows].astype(np.float64) * float(request["world.household_scale"]),
        covariates=frame.covariates,
        internet_share=frame.internet_share,
        internet_years=frame.internet_years,
        national_poverty=table.national_poverty[rows],
        deviate=deviates(request.world_seed, "county effect", code),
    )
    return frozen_columns(columns)


def _towns(request: WorldRequest, frame: VillageFrame, county: Counties, radius_km: Floats) -> Towns:
    table = towns()
    lon, lat = on_spiral(frame.town_county, county.code, county.lon, county.lat, radius_km)
    code = table.town_code[frame.town_rows]
    columns = Towns(
        code=code,
        name_zh=table.name_zh[frame.town_rows],
        county=frame.town_county,
        lon=lon,
        lat=lat,
        deviate=deviates(request.world_seed, "town effect", code),
    )
    return frozen_columns(columns)


def _villages(
    request: WorldRequest, frame: VillageFrame, county: Counties, town: Towns, county_radius: Floats
) -> Villages:
    county_of_village = frame.town_county[frame.town]
    towns_in_county = np.bincount(frame.town_county, minlength=county.code.size)
    town_radius = county_radius[town.county] / np.sqrt(towns_in_county[town.county])
    lon, lat = on_spiral(frame.town, town.code, town.lon, town.lat, town_radius)
    observed_row, listed, pioneer_year = _observed_columns(frame)
    known_product, nearness = _list_of_2014(request)
    listed_town = np.bincount(frame.town[listed], minlength=town.code.size).astype(np.int32)
    near = nearness(town.lon, town.lat)
    product = draw_products(
        near,
        _national_mix(),
        town.code,
        background=float(request["world.product_background"]),
        world_seed=request.world_seed,
    )[frame.town]
    product[listed] = known_product[observed_row[listed]]
    first_sold, told = _product_of_pioneers(observed_row)
    product[told & ~listed] = first_sold[told & ~listed]
    columns = Villages(
        uid=frame.uid,
        town=frame.town,
        county=county_of_village,
        households=households_of_villages(
            county_of_village,
            frame.uid,
            county.rural_households,
            listed,
            spread_sd=float(request["world.village_size_sd"]),
            smallest=int(request["world.smallest_village"]),
            world_seed=request.world_seed,
        ),
        lon=lon,
        lat=lat,
        seat_km=great_circle_km(lon, lat, county.lon[county_of_village], county.lat[county_of_village]),
        product=product,
        listed=listed,
        listed_in_town=listed_town[frame.town],
        nearness=near.sum(axis=1)[frame.town],
        pioneer_year=pioneer_year,
        deviate=deviates(request.world_seed, "village effect", frame.uid),
        observed=observed_row,
    )
    return frozen_columns(columns)


def _observed_columns(
    frame: VillageFrame,
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int16]]:
    """Row in the observed table or -1, on the list of 2014, and known year of the first shop or 0, by village."""
    observed, listed = observed_villages(), listed_villages(frame)
    row = np.full(frame.uid.size, -1, np.int32)
    row[listed.village] = listed.row
    on_list = np.zeros(frame.uid.size, bool)
    on_list[listed.village] = observed.listed_2014[listed.row]
    year = np.zeros(frame.uid.size, np.int16)
    known = observed.pioneer_year[listed.row]
    year[listed.village] = np.where(known > 0, known, 0)
    return row, on_list, year


def _national_mix() -> Floats:
    count = products().villages_2014.astype(np.float64)
    return np.asarray(count / count.sum())


def _product_of_observed() -> NDArray[np.int8]:
    """Index of the product of each observed village; -1 where only the list of 2015 names the village."""
    index = {str(name): i for i, name in enumerate(products().product)}
    return np.array([index.get(str(name), -1) for name in observed_villages().product], np.int8)


def _product_of_pioneers(observed_row: NDArray[np.int32]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """Product of the first shop of each village, and whether a fact tells it; known whatever list it is on."""
    index = {str(name): i for i, name in enumerate(products().product)}
    of_row = np.array([index.get(str(name), -1) for name in observed_villages().pioneer_product], np.int8)
    product = np.where(observed_row >= 0, of_row[observed_row], -1).astype(np.int8)
    return product, product >= 0


def _list_of_2014(request: WorldRequest) -> tuple[NDArray[np.int8], Callable[[Floats, Floats], Floats]]:
    """Products of the observed villages, and nearness to those of 2014 as a function of a place.

    The whole country's list counts, whatever region is simulated; a listed village stands at its town's place.
    """
    observed = observed_villages()
    product = _product_of_observed()
    rows = np.flatnonzero(observed.listed_2014)
    lon, lat = _town_positions(observed.town_index[rows])

    def nearness(place_lon: Floats, place_lat: Floats) -> Floats:
        return nearness_by_product(
            place_lon,
            place_lat,
            lon,
            lat,
            product[rows].astype(np.int64),
            n_products=len(products()),
            decay_km=float(request["world.nearness_decay"]),
        )

    return product, nearness


def _town_positions(town_rows: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """Positions of towns of the whole country, whatever region is simulated."""
    county_table = counties()
    radius = _county_radius_km()
    code = county_table.adcode.astype(np.int64)
    lon, lat = on_spiral(towns().county_index.astype(np.int64), code, county_table.lon, county_table.lat, radius)
    return lon[town_rows], lat[town_rows]
