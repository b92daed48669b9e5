"""Shipped data: geography, census covariates, the lists of Taobao villages, facts.

Cached loaders of read-only tables; see `sim.data.records` for the columns and ``SOURCES.md`` for origins.
"""

from __future__ import annotations

from sim.data.names import name_index, search_key
from sim.data.records import (
    CountyTable,
    ExpressTable,
    Fact,
    FactTable,
    ObservedTable,
    ProductTable,
    ProvinceTable,
    RolloutTable,
    TownTable,
)
from sim.data.tables import (
    counties,
    data_hash,
    express,
    facts,
    observed_villages,
    product_words,
    products,
    provinces,
    rollout,
    towns,
    village_names,
)

__all__ = [
    "CountyTable",
    "ExpressTable",
    "Fact",
    "FactTable",
    "ObservedTable",
    "ProductTable",
    "ProvinceTable",
    "RolloutTable",
    "TownTable",
    "counties",
    "data_hash",
    "express",
    "facts",
    "name_index",
    "observed_villages",
    "product_words",
    "products",
    "provinces",
    "rollout",
    "search_key",
    "towns",
    "village_names",
]
