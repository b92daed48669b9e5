"""Columns of an invented world of given size, for teaching and tests: counties on a square grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.data import products
from sim.streams import normal, stream_key, uniform
from sim.world.columns import COVARIATES, Columns, Counties, Towns, Villages, frozen_columns
from sim.world.households import households_of_villages
from sim.world.nearness import nearness_by_product
from sim.world.positions import great_circle_km, on_spiral
from sim.world.products import draw_products
from sim.world.request import WorldRequest
from sim.world.tree import deviates

__all__ = ["synthetic_columns"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Codes no real place has, with as many digits as the real ones.
_PROVINCE = 90
_FIRST_TOWN = 900_000_000
_FIRST_VILLAGE = 900_000_000_000
_CENTER_LON, _CENTER_LAT = 110.0, 32.0
_GRID_DEGREES = 0.5
_RADIUS_KM = 20.0
_COUNTIES_PER_PREFECTURE = 10
# Close to the national shares of 2010 to 2014 (provinces.csv), so that the internet term behaves as in China.
_INTERNET_YEARS = np.array([2011.0, 2015.0])
_INTERNET_SHARE = np.array([0.34, 0.48])


def synthetic_columns(request: WorldRequest) -> Columns:
    """Counties on a grid, towns and villages shared out evenly, covariates drawn as standard normals."""
    size = request.synthetic
    if size is None:
        message = "a synthetic world needs its size"
        raise ValueError(message)
    county_table = _counties(request, size.counties, size.villages * size.households_per_village)
    town_county = np.sort(np.arange(size.towns) % size.counties)
    lon, lat = on_spiral(
        town_county, county_table.code, county_table.lon, county_table.lat, np.full(size.counties, _RADIUS_KM)
    )
    town_code = _FIRST_TOWN + np.arange(size.towns)
    town_table = frozen_columns(
        Towns(
            code=town_code,
            name_zh=np.array([f"Town {code}" for code in town_code], dtype=object),
            county=town_county,
            lon=lon,
            lat=lat,
            deviate=deviates(request.world_seed, "town effect", town_code),
        )
    )
    villages = _villages(request, np.sort(np.arange(size.villages) % size.towns), county_table, town_table)
    return Columns(county_table, town_table, villages, tuple(str(name) for name in products().product))


def _counties(request: WorldRequest, n: int, n_households: int) -> Counties:
    number = np.arange(n)
    prefecture = _PROVINCE * 100 + number // _COUNTIES_PER_PREFECTURE
    code = _PROVINCE * 10_000 + number
    side = int(np.ceil(np.sqrt(n)))
    names = np.array([f"County {i + 1}" for i in number], dtype=object)
    key = stream_key(request.world_seed, "synthetic covariates")
    counter = (number[:, None] * len(COVARIATES) + np.arange(len(COVARIATES))).astype(np.uint64)
    columns = Counties(
        code=code,
        name_zh=names,
        name_en=names,
        prefecture=prefecture,
        prefecture_en=np.array([f"Prefecture {p - prefecture[0] + 1}" for p in prefecture], dtype=object),
        province=np.full(n, _PROVINCE),
        province_en=np.full(n, "Synthetic", dtype=object),
        lon=(_CENTER_LON + _GRID_DEGREES * (number % side)).astype(np.float64),
        lat=(_CENTER_LAT + _GRID_DEGREES * (number // side)).astype(np.float64),
        rural_households=np.full(n, n_households / n) * float(request["world.household_scale"]),
        covariates=normal(key, counter),
        internet_share=np.tile(_INTERNET_SHARE, (n, 1)),
        internet_years=_INTERNET_YEARS,
        national_poverty=np.zeros(n, bool),
        deviate=deviates(request.world_seed, "county effect", code),
    )
    return frozen_columns(columns)


def _villages(request: WorldRequest, town: Integers, county: Counties, towns: Towns) -> Villages:
    n = town.size
    county_of_village = towns.county[town]
    lon, lat = on_spiral(town, towns.code, towns.lon, towns.lat, np.full(towns.code.size, _RADIUS_KM / 4.0))
    uid = (_FIRST_VILLAGE + np.arange(n)).astype(np.uint64)
    listed = _pioneer_villages(request, uid)
    mix = products().villages_2014 / products().villages_2014.sum()
    own = draw_products(
        np.zeros((n, mix.size)), mix, uid.astype(np.int64), background=1.0, world_seed=request.world_seed
    )
    near = nearness_by_product(
        towns.lon,
        towns.lat,
        towns.lon[town[listed]],
        towns.lat[town[listed]],
        own[listed].astype(np.int64),
        n_products=mix.size,
        decay_km=float(request["world.nearness_decay"]),
    )
    background = float(request["world.product_background"])
    product = draw_products(near, mix, towns.code, background=background, world_seed=request.world_seed)[town]
    product[listed] = own[listed]
    columns = Villages(
        uid=uid,
        town=town,
        county=county_of_village,
        households=households_of_villages(
            county_of_village,
            uid,
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
        listed_in_town=np.bincount(town[listed], minlength=towns.code.size).astype(np.int32)[town],
        nearness=near.sum(axis=1)[town],
        pioneer_year=np.zeros(n, np.int16),
        deviate=deviates(request.world_seed, "village effect", uid),
        observed=np.full(n, -1, np.int32),
    )
    return frozen_columns(columns)


def _pioneer_villages(request: WorldRequest, uid: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """The villages that stand for the list of 2014: as many as asked for, in a keyed order."""
    chosen = np.zeros(uid.size, bool)
    wanted = min(int(request["world.synthetic_pioneers"]), uid.size)
    order = np.argsort(uniform(stream_key(request.world_seed, "synthetic pioneers"), uid), kind="stable")
    chosen[order[:wanted]] = True
    return chosen
