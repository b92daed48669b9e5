"""Recognition at both sides of every boundary, and clusters on hand-drawn maps."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.criteria import REPORT_2015, Criteria
from sim.metrics.recognition import (
    clusters_by_contiguity,
    clusters_by_county,
    taobao_town_mask,
    taobao_village_mask,
)

VILLAGE = {"sales_min_yuan": 1e7, "shops_min": 100, "household_share_min": 0.1}
CLUSTER = {"villages_min": 3, "large_villages_min": 5, "sales_min_yuan": 100.0}
KM_PER_DEGREE = 6371.0 * np.pi / 180.0


def is_village(sales, shops, households, **changed):
    return bool(
        taobao_village_mask(np.array([sales]), np.array([shops]), np.array([households]), **(VILLAGE | changed))[0]
    )


@pytest.mark.parametrize(
    ("sales", "shops", "households", "expected"),
    [
        (1e7, 100, 5000, True),
        (np.nextafter(1e7, 0), 100, 5000, False),
        (1e7, 99, 5000, False),
        (1e7, 99, 990, True),
        (1e7, 98, 990, False),
        (1e7, 99, 991, False),
        (1e9, 0, 300, False),
        (1e9, 100, 0, True),
        (1e9, 99, 0, False),
        (1e9, 0, 0, False),
        (1e9, 1, 1, True),
        (np.nan, 500, 1000, False),
        (0.0, 500, 1000, False),
    ],
)
def test_village_at_both_sides_of_each_threshold(sales, shops, households, expected):
    assert is_village(sales, shops, households) is expected


@pytest.mark.parametrize("share", [0.1, 0.05, 0.07, 0.3, 1 / 3])
def test_every_exact_share_is_met_and_one_shop_less_is_not(share):
    # 0.1 * 30 > 3 and 0.07 * 100 > 7 in floating point: the plain product refuses exact shares.
    households = np.arange(1, 990) * {1 / 3: 3}.get(share, 100)
    shops = np.rint(households * share).astype(int)
    sales = np.full(households.size, 1e7)
    limits = VILLAGE | {"household_share_min": share, "shops_min": 10**9}
    assert taobao_village_mask(sales, shops, households, **limits).all()
    assert not taobao_village_mask(sales, shops - 1, households, **limits).any()


def test_tenths_of_all_small_villages():
    households = np.arange(10, 10_001, 10)
    sales = np.full(households.size, 1e7)
    limits = VILLAGE | {"shops_min": 10**9}
    assert taobao_village_mask(sales, households // 10, households, **limits).all()
    assert not taobao_village_mask(sales, households // 10, households + 1, **limits).any()


def test_thresholds_are_parameters():
    assert is_village(5e6, 10, 1000, sales_min_yuan=5e6, shops_min=10)
    assert is_village(1e7, 0, 1000, household_share_min=0.0)
    assert not is_village(1e7, 99, 100, household_share_min=1.0)


def test_village_mask_keeps_the_shape_and_its_arguments():
    sales = np.full((2, 3), 1e7)
    shops = np.array([99, 100, 101])
    households = np.full(3, 5000)
    mask = taobao_village_mask(sales, shops, households, **VILLAGE)
    assert mask.tolist() == [[False, True, True]] * 2
    assert shops.tolist() == [99, 100, 101]


def test_counts_must_be_whole_numbers():
    with pytest.raises(TypeError, match=r"^active_shops has type float64"):
        taobao_village_mask(np.array([1e7]), np.array([99.5]), np.array([10]), **VILLAGE)
    with pytest.raises(TypeError, match=r"^households has type float64"):
        taobao_village_mask(np.array([1e7]), np.array([99]), np.array([10.0]), **VILLAGE)


def test_a_share_is_compared_in_whole_numbers_where_floating_point_has_none():
    rare = {"household_share_min": 1e-9, "shops_min": 10**9}
    assert is_village(1e7, 10**7, 10**16, **rare)
    assert not is_village(1e7, 10**7, 10**16 + 1, **rare)  # the same number in floating point


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_lies_between_0_and_1(share):
    with pytest.raises(ValueError, match="a share lies between 0 and 1"):
        is_village(1e7, 1, 1, household_share_min=share)


def test_town_at_both_sides_of_its_threshold():
    recognised = np.array([True, True, True, True, True, False])
    town = np.array([0, 0, 0, 2, 2, 2])
    assert taobao_town_mask(recognised, town, 4, villages_min=3).tolist() == [True, False, False, False]
    assert taobao_town_mask(recognised, town, 4, villages_min=2).tolist() == [True, False, True, False]
    assert not taobao_town_mask(np.zeros(6, bool), town, 4, villages_min=1).any()


@pytest.mark.parametrize("wrong", [-1, 4])
def test_a_town_index_out_of_range_is_an_error(wrong):
    with pytest.raises(ValueError, match="allowed is 0 to 3"):
        taobao_town_mask(np.ones(2, bool), np.array([0, wrong]), 4, villages_min=1)


def test_clusters_by_county_at_both_sides_of_their_thresholds():
    county = np.repeat([7, 3, 5, 9], [3, 5, 2, 3])
    sales = np.repeat([34.0, 20.0, 500.0, 33.0], [3, 5, 2, 3])
    found = clusters_by_county(np.ones(13, bool), county, sales, **CLUSTER)
    assert found.county.tolist() == [3, 7]  # 5 has two villages, 9 sells 99
    assert found.n_villages.tolist() == [5, 3]
    assert found.online_sales_yuan.tolist() == [100.0, 102.0]
    assert found.is_large.tolist() == [True, False]
    assert found.cluster_of_village.tolist() == [1] * 3 + [0] * 5 + [-1] * 5
    assert len(found) == 2


def test_only_recognised_villages_count_towards_a_cluster():
    county = np.zeros(4, int)
    sales = np.full(4, 1000.0)
    recognised = np.array([True, True, False, True])
    found = clusters_by_county(recognised, county, sales, **CLUSTER)
    assert found.n_villages.tolist() == [3]
    assert found.online_sales_yuan.tolist() == [3000.0]
    assert found.cluster_of_village.tolist() == [0, 0, -1, 0]
    assert len(clusters_by_county(np.zeros(4, bool), county, sales, **CLUSTER)) == 0


def test_unknown_sales_leave_the_sales_condition_out():
    found = clusters_by_county(np.ones(3, bool), np.zeros(3, int), None, **CLUSTER)
    assert found.n_villages.tolist() == [3]
    assert np.isnan(found.online_sales_yuan).all()


# Letters are recognised villages of one group, dots villages that are not; a step is 2 km.
HAND_DRAWN = """
AA..C.
.A..CC
AA....
....BB
D...B.
"""


def drawn(text):
    rows = text.split()
    cells = [(x, y, mark) for y, row in enumerate(rows) for x, mark in enumerate(row)]
    lon = np.array([100.0 + x * 2.0 / KM_PER_DEGREE for x, _, _ in cells])  # at the equator
    lat = np.array([-y * 2.0 / KM_PER_DEGREE for _, y, _ in cells])
    return lon, lat, np.array([mark for _, _, mark in cells])


def groups_of(mark, cluster):
    return {
        "".join(sorted(set(mark[cluster == index]))): int((cluster == index).sum())
        for index in set(cluster) - {-1}
    }


def test_contiguous_clusters_of_a_hand_drawn_map():
    lon, lat, mark = drawn(HAND_DRAWN)
    found = clusters_by_contiguity(lon, lat, mark != ".", np.full(mark.size, 50.0), max_gap_km=2.0, **CLUSTER)
    assert groups_of(mark, found.cluster_of_village) == {"A": 5, "B": 3, "C": 3}
    assert found.n_villages.tolist() == [5, 3, 3]
    assert found.is_large.tolist() == [True, False, False]
    assert (found.cluster_of_village[mark == "D"] == -1).all()
    assert found.county.tolist() == [-1, -1, -1], "not given"
    assert {column.dtype for column in (found.n_villages, found.county)} == {np.dtype(np.int64)}
    # C sells 150, B 99: sales count as they do in counties.
    sales = np.where(mark == "B", 33.0, 50.0)
    poorer = clusters_by_contiguity(lon, lat, mark != ".", sales, max_gap_km=2.0, **CLUSTER)
    assert groups_of(mark, poorer.cluster_of_village) == {"A": 5, "C": 3}
    assert poorer.online_sales_yuan.tolist() == [250.0, 150.0]


def test_diagonals_join_when_the_gap_allows_them():
    lon, lat, mark = drawn("AB\nBA\n..\nA.")
    diagonal = 2.0 * np.sqrt(2.0)
    every = {"villages_min": 1, "large_villages_min": 9, "sales_min_yuan": 0.0}
    only = mark == "A"
    assert len(clusters_by_contiguity(lon, lat, only, None, max_gap_km=diagonal * 0.999, **every)) == 3
    assert len(clusters_by_contiguity(lon, lat, only, None, max_gap_km=diagonal * 1.001, **every)) == 2
    assert len(clusters_by_contiguity(lon, lat, only, None, max_gap_km=0.0, **every)) == 3
    assert len(clusters_by_contiguity(lon, lat, only, None, max_gap_km=1e6, **every)) == 1


def test_a_degree_of_longitude_is_shorter_in_the_north():
    lon, lat = np.array([120.0, 121.0]), np.array([60.0, 60.0])  # half a degree of the equator: 55.6 km
    pair = {"villages_min": 2, "large_villages_min": 9, "sales_min_yuan": 0.0}
    assert len(clusters_by_contiguity(lon, lat, np.ones(2, bool), None, max_gap_km=55.0, **pair)) == 0
    assert len(clusters_by_contiguity(lon, lat, np.ones(2, bool), None, max_gap_km=56.0, **pair)) == 1


def test_contiguity_says_where_a_cluster_lies_and_what_is_wrong():
    lon, lat, mark = drawn("AAA")
    found = clusters_by_contiguity(
        lon, lat, mark == "A", None, max_gap_km=2, county=np.array([4, 4, 6]), **CLUSTER
    )
    assert found.county.tolist() == [4]
    for limits in (CLUSTER, CLUSTER | {"villages_min": 1}):
        assert len(clusters_by_contiguity(lon, lat, mark == ".", None, max_gap_km=2, **limits)) == 0
    with pytest.raises(ValueError, match="max_gap_km is -1"):
        clusters_by_contiguity(lon, lat, mark == "A", None, max_gap_km=-1, **CLUSTER)


def test_criteria_are_read_by_name():
    values = {
        "recognition.sales_min_yuan": 1.0,
        "recognition.shops_min": 2,
        "recognition.household_share_min": 0.3,
        "recognition.town_villages_min": 4,
        "recognition.cluster_villages_min": 5,
        "recognition.large_cluster_villages_min": 6,
        "recognition.cluster_sales_min_yuan": 7.0,
    }
    assert Criteria.from_values(values) == Criteria(1.0, 2, 0.3, 4, 5, 6, 7.0)


def test_the_criteria_of_the_report_are_its_facts():
    from sim.data import facts

    table = facts()
    printed = [float(table[name].value) for name in ("F001", "F002", "F003", "F005", "F006", "F008", "F007")]
    printed[2] /= 100.0  # percent of households
    report = REPORT_2015
    assert printed == [
        report.sales_min_yuan,
        report.shops_min,
        report.household_share_min,
        report.town_villages_min,
        report.cluster_villages_min,
        report.large_cluster_villages_min,
        report.cluster_sales_min_yuan,
    ]
