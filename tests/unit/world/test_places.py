"""Positions, village sizes, nearness and products on small hand-made maps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from sim.world.households import households_of_villages
from sim.world.nearness import nearness_by_product
from sim.world.positions import EARTH_RADIUS_KM, county_radius_km, great_circle_km, on_spiral, unit_vectors
from sim.world.products import draw_products

DEGREE_KM = 6371.0 * np.pi / 180.0


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ((110.0, 30.0), (110.0, 30.0), 0.0),
        ((110.0, 30.0), (110.0, 31.0), DEGREE_KM),
        ((110.0, 0.0), (111.0, 0.0), DEGREE_KM),
        ((0.0, 0.0), (180.0, 0.0), 180.0 * DEGREE_KM),
        ((0.0, 90.0), (77.0, 0.0), 90.0 * DEGREE_KM),
        ((116.40, 39.90), (121.47, 31.23), 1067.0),  # Beijing to Shanghai
    ],
)
def test_great_circles(start, end, km):
    there = great_circle_km(*np.array(start), *np.array(end))
    assert there == pytest.approx(km, rel=2e-3)
    assert there == pytest.approx(great_circle_km(*np.array(end), *np.array(start)))


def test_unit_vectors_have_length_one_and_point_where_they_should():
    vectors = unit_vectors(np.array([0.0, 90.0, 33.0]), np.array([0.0, 0.0, 90.0]))
    assert vectors == pytest.approx(np.eye(3), abs=1e-15)


def test_a_disc_is_half_the_way_to_the_three_nearest_seats():
    lon, lat = np.zeros(5), np.array([0.0, 0.1, 0.3, 0.6, 40.0])
    radius = county_radius_km(lon, lat)
    assert radius[0] == pytest.approx((0.1 + 0.3 + 0.6) / 3 * DEGREE_KM / 2)
    assert radius[4] == 80.0
    assert county_radius_km(lon[:3], lat[:3]).tolist() == [20.0] * 3


@pytest.mark.parametrize("n", [4, 5, 60, 400])
def test_the_nearest_seats_are_those_a_tree_finds(n):
    rng = np.random.default_rng(n)
    lon, lat = rng.uniform(75.0, 130.0, n), rng.uniform(20.0, 50.0, n)
    lon[1], lat[1] = lon[0], lat[0]  # two seats in one place
    seats = unit_vectors(lon, lat)
    chord = cKDTree(seats).query(seats, k=4)[0][:, 1:]
    mean = (2.0 * EARTH_RADIUS_KM * np.arcsin(chord / 2.0)).mean(axis=1)
    assert county_radius_km(lon, lat).tolist() == np.minimum(mean / 2.0, 80.0).tolist()


def test_members_of_a_group_spread_over_its_disc():
    group = np.repeat([0, 1], [400, 5])
    lon, lat = on_spiral(
        group, np.array([7, 5]), np.array([110.0, 120.0]), np.array([30.0, 40.0]), np.array([20.0, 3.0])
    )
    first = group == 0
    distance = great_circle_km(lon[first], lat[first], np.array(110.0), np.array(30.0))
    assert distance.max() <= 20.0 * 1.01
    # an even disc: half the members lie within radius / sqrt 2, and as many on every side
    assert (distance < 20.0 / np.sqrt(2)).mean() == pytest.approx(0.5, abs=0.02)
    assert lon[first].mean() == pytest.approx(110.0, abs=0.01)
    assert lat[first].mean() == pytest.approx(30.0, abs=0.01)
    other = great_circle_km(lon[~first], lat[~first], np.array(120.0), np.array(40.0))
    assert other.max() <= 3.0 * 1.01
    assert np.unique(np.stack([lon, lat]), axis=1).shape[1] == group.size


COUNTY, TOTAL = np.repeat([0, 1], [300, 100]), np.array([60_000.0, 5_000.0])
UID = np.arange(400).astype(np.uint64) + np.uint64(371_721_101_000)


def sizes(spread=0.5, smallest=1, listed=(), seed=0):
    mask = np.isin(np.arange(400), listed)
    return households_of_villages(COUNTY, UID, TOTAL, mask, spread_sd=spread, smallest=smallest, world_seed=seed)


def test_villages_share_out_their_county():
    households = sizes()
    assert np.bincount(COUNTY, households) == pytest.approx(TOTAL, abs=60)
    assert np.log(households[:300]).std() == pytest.approx(0.5, rel=0.15)
    assert sizes(seed=1).tolist() != households.tolist()


def test_without_spread_villages_are_equal_and_none_is_below_the_smallest():
    assert sizes(spread=0.0).tolist() == [200] * 300 + [50] * 100
    assert sizes(spread=0.0, smallest=80).tolist() == [200] * 300 + [80] * 100
    assert sizes(spread=2.0, smallest=20).min() == 20


def test_a_listed_village_is_larger_by_the_size_bias():
    plain, biased = sizes(), sizes(listed=[7])
    # exp(0.5**2) as large, before the county is shared out again
    assert biased[7] / plain[7] == pytest.approx(np.exp(0.25), rel=0.02)


def near(lon, lat, listed, product, decay=10.0):
    listed = np.array(listed, float).reshape(-1, 2)
    return nearness_by_product(
        np.array(lon, float),
        np.array(lat, float),
        listed[:, 0],
        listed[:, 1],
        np.array(product, int),
        n_products=3,
        decay_km=decay,
    )


def test_nearness_falls_by_a_factor_e_a_decay_length():
    km = near([110.0] * 3, [30.0, 30.0 + 10.0 / DEGREE_KM, 50.0], [(110.0, 30.0)], [1])
    # a chord through the earth rounds eight digits
    assert km == pytest.approx(np.array([[0, 1, 0], [0, np.exp(-1), 0], [0, 0, 0]]), abs=1e-6)


def test_nearness_adds_up_by_product():
    both = near([110.0], [30.0], [(110.0, 30.0), (110.0, 30.0), (110.0, 30.0)], [0, 2, 2])
    assert both == pytest.approx(np.array([[1.0, 0.0, 2.0]]), abs=1e-6)
    assert near([110.0], [30.0], [], []).tolist() == [[0.0, 0.0, 0.0]]


def test_nearness_does_not_depend_on_how_places_are_chunked():
    lon = np.linspace(100.0, 120.0, 9000)
    whole = near(lon, np.full(9000, 30.0), [(110.0, 30.0)], [0], decay=300.0)
    assert np.array_equal(whole[8000:8400], near(lon[8000:8400], np.full(400, 30.0), [(110.0, 30.0)], [0], 300.0))


MIX = np.array([0.5, 0.3, 0.2])


def products(nearness, background, n=20_000):
    weight = np.tile(np.array(nearness, float), (n, 1))
    return draw_products(weight, MIX, np.arange(n), background=background, world_seed=0)


def test_far_from_every_list_the_national_mix_is_drawn():
    share = np.bincount(products([0, 0, 0], 0.02), minlength=3) / 20_000
    assert abs(share - MIX).max() < 4.0 * np.sqrt(0.25 / 20_000)


def test_near_listed_villages_their_product_is_drawn():
    share = np.bincount(products([0, 0, 1], 1.0), minlength=3) / 20_000
    assert abs(share - [0.25, 0.15, 0.6]).max() < 4.0 * np.sqrt(0.25 / 20_000)
    assert (products([0, 5, 0], 1e-9) == 1).mean() > 0.999
