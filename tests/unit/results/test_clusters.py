"""Clusters of a run: counties with enough Taobao villages, and groups that lie close together."""

import numpy as np
import pytest

from sim.results.clusters import cluster_table
from sim.scenario import Scenario

COUNTIES = {
    "county": np.array([900000, 900001]),
    "county_en": np.array(["County 1", "County 2"], dtype=object),
}


def scenario(**values):
    region = {"synthetic": {"villages": 2, "households_per_village": 5, "towns": 2, "counties": 2}}
    return Scenario.from_mapping({"start": "2014-01", "end": "2015-12", "region": region} | values)


def villages(n_first, n_second, *, second_lon=110.5, sales=2e7, recognised=True):
    """Villages of 2015, those of each county in one place; one of 2014."""
    n = n_first + n_second
    return {
        "year": np.r_[2014, np.full(n, 2015)],
        "recognised": np.r_[False, np.full(n, recognised)],
        "county": np.r_[900000, np.full(n_first, 900000), np.full(n_second, 900001)],
        "lon": np.r_[110.0, np.full(n_first, 110.0), np.full(n_second, second_lon)],
        "lat": np.full(n + 1, 32.0),
        "online_sales_yuan": np.full(n + 1, sales),
    }


def found(table, reading):
    rows = table["reading"] == reading
    return list(zip(table["county"][rows].tolist(), table["taobao_villages"][rows].tolist(), strict=True))


def test_counties_with_ten_villages_are_clusters():
    table = cluster_table(scenario(), villages(31, 10), COUNTIES)
    assert found(table, "county") == [(900000, 31), (900001, 10)]
    assert table["is_large"][table["reading"] == "county"].tolist() == [True, False]
    assert found(cluster_table(scenario(), villages(31, 9), COUNTIES), "county") == [(900000, 31)]


def test_contiguous_clusters_cross_the_border_between_counties():
    near = cluster_table(scenario(), villages(6, 6, second_lon=110.05), COUNTIES)
    assert found(near, "county") == []
    assert found(near, "contiguity") == [(900000, 12)]
    narrow = cluster_table(
        scenario(**{"recognition.contiguity_gap_km": 4.0}), villages(6, 6, second_lon=110.05), COUNTIES
    )
    assert found(narrow, "contiguity") == []


@pytest.mark.parametrize(("sales", "expected"), [(1e7, [(900000, 10)]), (0.99e7, [])])
def test_a_cluster_sells_for_a_hundred_million(sales, expected):
    assert found(cluster_table(scenario(), villages(10, 0, sales=sales), COUNTIES), "county") == expected


def test_nothing_recognised_gives_an_empty_table():
    table = cluster_table(scenario(), villages(12, 0, recognised=False), COUNTIES)
    assert table["year"].size == 0
