"""Clusters of Taobao villages of a run, by county and, more strictly, by contiguity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.metrics.criteria import Criteria
from sim.metrics.recognition import Clusters, clusters_by_contiguity, clusters_by_county
from sim.results.tables import Columns
from sim.scenario import Scenario

__all__ = ["cluster_table"]


def cluster_table(scenario: Scenario, villages: Columns, county_list: Columns) -> Columns:
    """One row a December, reading and cluster, the largest first.

    Parameters
    ----------
    villages : the yearly village table. county_list : the counties simulated, in the order of their codes.

    Returns
    -------
    ``year``; ``reading``, county (at least so many Taobao villages in one county, as the report of 2015 counts) or
    contiguity (none further than ``recognition.contiguity_gap_km`` from the next; positions are the model's);
    ``county`` code and ``county_en`` (of a contiguous cluster's first village); ``taobao_villages``;
    ``online_sales_yuan`` of the last twelve months; ``is_large``.
    """
    last = scenario.settings(scenario.end)
    criteria, gap_km = Criteria.from_values(last), float(last.recognition.contiguity_gap_km)
    pieces = []
    for year in np.unique(villages["year"]):
        rows = (villages["year"] == year) & villages["recognised"]
        here = {name: villages[name][rows] for name in ("county", "lon", "lat", "online_sales_yuan")}
        county = np.searchsorted(county_list["county"], here["county"])
        everyone = np.ones(county.size, bool)
        readings = {
            "county": clusters_by_county(
                everyone,
                county,
                here["online_sales_yuan"],
                villages_min=criteria.cluster_villages_min,
                large_villages_min=criteria.large_cluster_villages_min,
                sales_min_yuan=criteria.cluster_sales_min_yuan,
            ),
            "contiguity": clusters_by_contiguity(
                here["lon"],
                here["lat"],
                everyone,
                here["online_sales_yuan"],
                max_gap_km=gap_km,
                villages_min=criteria.cluster_villages_min,
                large_villages_min=criteria.large_cluster_villages_min,
                sales_min_yuan=criteria.cluster_sales_min_yuan,
                county=county,
            ),
        }
        pieces += [_rows(int(year), name, found, county_list) for name, found in readings.items()]
    if not pieces:
        nothing = Clusters(*(np.zeros(0, kind) for kind in (np.int64, np.int64, np.float64, bool, np.int64)))
        pieces = [_rows(0, "county", nothing, county_list)]
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def _rows(year: int, reading: str, clusters: Clusters, county_list: Columns) -> Columns:
    n, county = len(clusters), clusters.county
    label: NDArray[np.object_] = np.full(n, reading, dtype=object)
    return {
        "year": np.full(n, year),
        "reading": label,
        "county": county_list["county"][county],
        "county_en": county_list["county_en"][county],
        "taobao_villages": clusters.n_villages,
        "online_sales_yuan": clusters.online_sales_yuan,
        "is_large": clusters.is_large,
    }
