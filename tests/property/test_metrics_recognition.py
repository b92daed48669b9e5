"""What recognition and pattern counts do for any villages."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.metrics.criteria import REPORT_2015
from sim.metrics.patterns import pattern_counts
from sim.metrics.recognition import (
    clusters_by_contiguity,
    clusters_by_county,
    taobao_town_mask,
    taobao_village_mask,
)

VILLAGE = {"sales_min_yuan": 1e7, "shops_min": 100, "household_share_min": 0.1}
CLUSTER = {"villages_min": 2, "large_villages_min": 4, "sales_min_yuan": 2e7}


@st.composite
def worlds(draw):
    """A few villages near every threshold, in a few places, and a shuffled order of them."""
    n = draw(st.integers(1, 25))

    def column(elements):
        return np.array(draw(st.lists(elements, min_size=n, max_size=n)))

    town = column(st.integers(0, 7))
    return {
        "sales": column(st.sampled_from([0.0, 9_999_999.0, 1e7, 2e7, 5e8])),
        "shops": column(st.sampled_from([0, 2, 3, 9, 10, 99, 100, 300])),
        "households": column(st.sampled_from([0, 20, 30, 90, 100, 990, 5000])),
        "town": town,
        "county": town // 2,
        "prefecture": town // 4,
        "lon": 110.0 + column(st.integers(0, 5)) * 0.1,
        "lat": 30.0 + column(st.integers(0, 5)) * 0.1,
        "earlier": column(st.booleans()),
        "order": np.array(draw(st.permutations(range(n)))),
    }


def villages_of(world):
    return taobao_village_mask(world["sales"], world["shops"], world["households"], **VILLAGE)


def shuffled(world):
    return {name: column[world["order"]] for name, column in world.items()}


def counts_of(world):
    units = (world["town"], world["county"], world["prefecture"], world["prefecture"] * 0)
    return pattern_counts({2014: world["earlier"], 2015: villages_of(world)}, *units, criteria=REPORT_2015)


def partition(cluster, names):
    return {frozenset(names[cluster == index].tolist()) for index in set(cluster.tolist()) - {-1}}


def contiguous(world, recognised, gap):
    return clusters_by_contiguity(
        world["lon"], world["lat"], recognised, world["sales"], max_gap_km=gap, **CLUSTER
    )


@given(worlds())
def test_the_order_of_villages_changes_nothing(world):
    other = shuffled(world)
    assert (villages_of(other) == villages_of(world)[world["order"]]).all()
    assert counts_of(other) == counts_of(world)
    towns = [taobao_town_mask(villages_of(w), w["town"], 8, villages_min=2).tolist() for w in (world, other)]
    assert towns[0] == towns[1]
    names = np.arange(len(world["order"]))
    by_county = [clusters_by_county(villages_of(w), w["county"], w["sales"], **CLUSTER) for w in (world, other)]
    near = [contiguous(w, villages_of(w), 12.0) for w in (world, other)]
    for plain, mixed in (by_county, near):
        assert partition(plain.cluster_of_village, names) == partition(mixed.cluster_of_village, world["order"])
        assert plain.n_villages.tolist() == mixed.n_villages.tolist()


@given(worlds(), st.integers(0, 200), st.sampled_from([0.0, 1.0, 1e7]))
def test_more_shops_and_sales_never_undo_recognition(world, shops, sales):
    more = world | {"shops": world["shops"] + shops, "sales": world["sales"] + sales}
    before, after = villages_of(world), villages_of(more)
    assert (after | ~before).all()
    assert (
        taobao_town_mask(after, world["town"], 8, villages_min=2)
        | ~taobao_town_mask(before, world["town"], 8, villages_min=2)
    ).all()


@given(worlds())
def test_stricter_thresholds_recognise_no_more(world):
    columns = (world["sales"], world["shops"], world["households"])
    base = taobao_village_mask(*columns, **VILLAGE)
    for name, stricter in {"sales_min_yuan": 2e7, "shops_min": 101, "household_share_min": 0.11}.items():
        assert (base | ~taobao_village_mask(*columns, **(VILLAGE | {name: stricter}))).all()


@given(worlds(), st.sampled_from([0.0, 5.0, 9.0, 11.2, 15.0, 30.0]), st.sampled_from([0.0, 3.0, 20.0]))
def test_a_wider_gap_only_merges_and_adds(world, gap, wider):
    recognised = villages_of(world)
    narrow = contiguous(world, recognised, gap).cluster_of_village
    wide = contiguous(world, recognised, gap + wider).cluster_of_village
    assert (wide[narrow >= 0] >= 0).all()
    for index in set(narrow.tolist()) - {-1}:
        assert len(set(wide[narrow == index].tolist())) == 1


@given(worlds())
def test_contiguous_clusters_are_the_components_of_a_plain_search(world):
    recognised = world["earlier"]
    every = {"villages_min": 1, "large_villages_min": 4, "sales_min_yuan": 0.0}
    found = clusters_by_contiguity(
        world["lon"], world["lat"], recognised, None, max_gap_km=11.2, **every
    ).cluster_of_village
    names = np.arange(recognised.size)
    assert partition(found, names) == components(world["lon"], world["lat"], recognised, 11.2)


def components(lon, lat, recognised, gap):
    """Slow twin: grow each group village by village, distances by the law of cosines."""
    waiting, groups = set(np.flatnonzero(recognised).tolist()), set()
    x, y = np.radians(lon), np.radians(lat)

    def near(i, j):
        cosine = np.sin(y[i]) * np.sin(y[j]) + np.cos(y[i]) * np.cos(y[j]) * np.cos(x[i] - x[j])
        return 6371.0 * np.arccos(np.clip(cosine, -1.0, 1.0)) <= gap

    while waiting:
        group = front = {waiting.pop()}
        while front:
            front = {j for j in waiting if any(near(i, j) for i in front)}
            waiting -= front
            group = group | front
        groups.add(frozenset(group))
    return groups


@given(worlds())
def test_villages_are_conserved_from_level_to_level(world):
    found = counts_of(world)
    now, change = found.years[2015], found.changes[2015]
    assert change.staying_villages + change.new_villages == now.villages
    assert change.staying_villages + change.left_villages == found.years[2014].villages
    assert (
        change.new_in_old_town <= change.new_in_old_county <= change.new_in_old_prefecture <= change.new_villages
    )
    assert now.provinces <= now.prefectures <= now.counties <= now.villages
    assert now.largest_county * now.counties >= now.villages
