"""Yuan per parcel, on hand-worked values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.logistics import joint_discount, parcel_cost, remoteness_cost, volume_discount

TERMS = {
    "parcel_cost_yuan": 10.0,
    "remoteness_yuan_per_km": 0.05,
    "yearly_decline": 0.1,
    "sorting_saving_yuan": 3.0,
    "floor_yuan": 1.5,
}


def cost(km=0.0, discount=0.0, sorted_share=0.0, years=0.0, **terms):
    """Parcel cost of one village."""
    return parcel_cost(np.array([km]), np.array([discount]), np.array([sorted_share]), years, **TERMS | terms)[0]


def test_volume_lowers_cost_towards_the_greatest_discount():
    parcels = np.array([0.0, 1000.0, 3000.0, 1e15])
    discount = volume_discount(parcels, half_volume=1000.0, greatest=0.4)
    assert discount == pytest.approx([0.0, 0.2, 0.3, 0.4])
    assert (discount < 0.4).all()


def test_a_village_at_the_hub_in_the_reference_year_pays_the_reference_cost():
    assert cost() == 10.0


@pytest.mark.parametrize(
    ("change", "yuan"),
    [
        ({"km": 40.0}, 12.0),
        ({"discount": 0.25}, 7.5),
        ({"sorted_share": 1.0}, 7.0),  # the 10 yuan that became 7
        ({"sorted_share": 0.5}, 8.5),
        ({"years": 2.0}, 10.0 * math.exp(-0.2)),
        ({"years": -2.0}, 10.0 * math.exp(0.2)),
        ({"km": 40.0, "discount": 0.5, "years": 1.0, "sorted_share": 1.0}, 6.0 * math.exp(-0.1) - 3.0),
    ],
)
def test_each_term_of_parcel_cost(change, yuan):
    assert cost(**change) == pytest.approx(yuan)


@pytest.mark.parametrize(("saving", "yuan"), [(8.4, 1.6), (8.5, 1.5), (8.6, 1.5), (50.0, 1.5)])
def test_cost_never_falls_below_the_floor(saving, yuan):
    assert cost(sorted_share=1.0, sorting_saving_yuan=saving) == pytest.approx(yuan)


def test_discounts_act_one_after_another():
    volume, express = np.array([0.0, 0.3, 0.0, 0.5]), np.array([0.0, 0.0, 0.2, 0.2])
    assert joint_discount(volume, express) == pytest.approx([0.0, 0.3, 0.2, 0.6])


@pytest.mark.parametrize(
    ("years", "improvement", "yuan_per_km"),
    [(-3.0, 0.2, 0.05), (0.0, 0.2, 0.05), (5.0, 0.2, 0.05 / math.e), (7.0, 0.0, 0.05), (1e4, 0.2, 0.0)],
)
def test_distance_costs_less_as_roads_improve_and_never_more(years, improvement, yuan_per_km):
    cost_a_km = remoteness_cost(years, remoteness_yuan_per_km=0.05, road_improvement=improvement)
    assert cost_a_km == pytest.approx(yuan_per_km)
