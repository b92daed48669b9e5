"""The columns of a world: counties, towns and villages as arrays of one length each, never written again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["COVARIATES", "Columns", "Counties", "Towns", "Villages", "frozen_columns"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Table = TypeVar("Table")

#: Covariates of the lasting base, in the order of ``base.*`` in the parameter table.
COVARIATES = ("manufacturing", "trade", "potential", "schooling", "incomers", "hub_distance")


@dataclass(frozen=True)
class Counties:
    """Counties of a world, in the order of their codes; C of them.

    ``code``; ``name_zh``, ``name_en``; ``prefecture``, ``province`` codes; ``lon``, ``lat`` of the seat, degrees;
    ``rural_households``; ``covariates`` (C, 6) in national standard deviations; ``internet_share`` (C, Y) of
    residents at ``internet_years`` (Y,); ``national_poverty`` 2014 list; ``deviate`` standard normal.
    """

    code: Integers
    name_zh: NDArray[np.object_]
    name_en: NDArray[np.object_]
    prefecture: Integers
    prefecture_en: NDArray[np.object_]
    province: Integers
    province_en: NDArray[np.object_]
    lon: Floats
    lat: Floats
    rural_households: Floats
    covariates: Floats
    internet_share: Floats
    internet_years: Floats
    national_poverty: NDArray[np.bool_]
    deviate: Floats


@dataclass(frozen=True)
class Towns:
    """Towns of a world, in the order of their codes, T of them; ``county`` is an index, positions the model's."""

    code: Integers
    name_zh: NDArray[np.object_]
    county: Integers
    lon: Floats
    lat: Floats
    deviate: Floats


@dataclass(frozen=True)
class Villages:
    """Villages of a world, town by town; V of them.

    ``uid`` lasting number (town code and place in the town); ``town``, ``county`` indices; ``households``;
    ``lon``, ``lat`` positions of the model; ``seat_km`` to the county seat; ``product`` index into the world's
    products; ``listed`` on the list of 2014; ``listed_in_town`` how many of its town are;
    ``nearness`` see ``sim.world.nearness``; ``pioneer_year`` known year of the first shop or 0; ``deviate``
    standard normal; ``observed`` row in the shipped table of observed villages or -1.
    """

    uid: NDArray[np.uint64]
    town: Integers
    county: Integers
    households: Integers
    lon: Floats
    lat: Floats
    seat_km: Floats
    product: NDArray[np.int8]
    listed: NDArray[np.bool_]
    listed_in_town: NDArray[np.int32]
    nearness: Floats
    pioneer_year: NDArray[np.int16]
    deviate: Floats
    observed: NDArray[np.int32]


@dataclass(frozen=True)
class Columns:
    """The three tables of a world and the names of its products."""

    counties: Counties
    towns: Towns
    villages: Villages
    products: tuple[str, ...]


def frozen_columns(table: Table) -> Table:
    """Make every array of a table read-only and return the table."""
    for column in fields(table):  # type: ignore[arg-type]
        value = getattr(table, column.name)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    return table
