"""Counties around counties: weights, reach, and the same answer whatever region is simulated."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.world import build_world
from sim.world.positions import great_circle_km
from sim.world.surroundings import surroundings

CAO, SUINING = 371721, 320324
#: Four seats on one meridian, in degrees of latitude: two near each other, two far away.
LAT = np.array([30.0, 30.1, 35.0, 50.0])
LON = np.full(4, 110.0)


def around(rows, decay_km=12.0):
    n = LAT.size
    return surroundings(
        LON,
        LAT,
        np.array(rows),
        covariates=np.zeros((n, 2)),
        rural_households=np.ones(n),
        listed=np.zeros(n),
        decay_km=decay_km,
    )


def test_values_nearby_are_discounted_with_distance():
    distance_km = float(great_circle_km(LON[:1], LAT[:1], LON[1:2], LAT[1:2])[0])
    weight = np.exp(-distance_km / 12.0)
    values = np.array([1.0, 10.0, 100.0, 1000.0])
    assert around([0, 1, 2, 3]).nearby(values) == pytest.approx(
        [1.0 + 10.0 * weight, 10.0 + weight, 100.0, 1000.0], rel=1e-9
    )


def test_counties_outside_the_region_count():
    values = np.array([1.0, 10.0, 100.0, 1000.0])
    everywhere = around([0, 1, 2, 3]).nearby(values)
    assert around([2, 0]).nearby(values) == pytest.approx(everywhere[[2, 0]])


def test_a_wide_decay_adds_up_the_country():
    assert around([1], decay_km=1e6).nearby(np.ones(4)) == pytest.approx([4.0], rel=0.01)


def test_real_surroundings_are_those_of_the_whole_country():
    def nearby(counties):
        mapping = {"start": "2014-01", "end": "2014-12", "region": {"counties": counties}}
        around = build_world(Scenario.from_mapping(mapping)).surroundings
        return around.listed.sum(), around.nearby(around.listed)

    total, (cao,) = nearby([CAO])
    _, (suining, cao_of_two) = nearby([SUINING, CAO])
    assert total == 212
    assert cao == cao_of_two
    # Cao County had 7 and Suining 5 on the list of 2014, and neighbours add little.
    assert 7.0 <= cao < 8.0
    assert 5.0 <= suining < 7.0


def test_a_synthetic_world_is_its_own_country():
    region = {"synthetic": {"villages": 40, "households_per_village": 30, "towns": 8, "counties": 3}}
    mapping = {"start": "2014-01", "end": "2014-12", "region": region, "world.synthetic_pioneers": 5}
    world = build_world(Scenario.from_mapping(mapping))
    listed = np.bincount(world.villages.county, world.villages.listed, minlength=3)
    assert listed.sum() == 5
    assert world.surroundings.listed.tolist() == listed.tolist()
    assert (world.surroundings.nearby(listed) >= listed).all()
