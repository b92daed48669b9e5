"""Wholesale, foreign demand and brands by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.demand import demand_factor, export_demand, next_branding, relieved_crowding, wholesale_share


def test_wholesale_needs_industry_and_shops_of_the_product():
    industry = np.array([[1.0], [50.0], [-50.0]])
    share = wholesale_share(industry, np.array([[0.0, 300.0]]), midpoint=1.0, half_shops=300)
    assert share == pytest.approx(np.array([[0.0, 0.25], [0.0, 0.5], [0.0, 0.0]]))


def test_demand_from_abroad_needs_a_hub_and_a_product_that_travels():
    near, farm = np.array([[-1.0], [-50.0], [50.0]]), np.array([1.0, 0.0])
    then = export_demand(near, farm, 0.0, yearly_growth=0.207, midpoint=-1.0)
    assert then == pytest.approx(np.array([[0.5, 0.0], [1.0, 0.0], [0.0, 0.0]]))
    later = export_demand(near, farm, 1.0, yearly_growth=0.207, midpoint=-1.0)
    assert later[:2, 0] / then[:2, 0] == pytest.approx([1.23, 1.23], rel=1e-3)  # Yiwu


def test_sales_rise_with_demand():
    assert demand_factor(np.array([0.0, 0.5, 2.0]), sales_gain=0.4) == pytest.approx([1.0, 1.2, 1.8])


def test_brands_grow_in_crowded_products_up_to_the_greatest():
    after = next_branding(np.array([0.0, 0.0, 0.4]), np.array([0.0, 1.0, 9.0]), monthly_rate=0.1, greatest=0.4)
    assert after == pytest.approx([0.0, 0.02, 0.4])


def test_brands_relieve_crowding():
    crowded = relieved_crowding(np.array([2.0, 2.0, 2.0]), np.array([0.0, 0.25, 1.0]))
    assert crowded == pytest.approx([2.0, 1.5, 0.0])


def test_two_deviations_make_the_slopes_of_industry_and_distance():
    share = wholesale_share(np.array([1.5]), np.array([300.0]), midpoint=1.0, half_shops=300)
    assert share == pytest.approx([0.5 / (1 + np.exp(-1.0))])
    abroad = export_demand(np.array([-0.5]), np.ones(1), 0.0, yearly_growth=0.2, midpoint=-1.0)
    assert abroad == pytest.approx([1 / (1 + np.exp(1.0))])
