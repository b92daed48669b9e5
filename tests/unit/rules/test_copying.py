"""What a village sells, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.copying import leading_product, product_taken

OWN = np.array([2, 2, 2, 0])


def test_most_shops_lead_and_of_equals_the_own_else_the_first():
    shops = np.array([[1.0, 5.0, 0.0], [3.0, 0.0, 3.0], [4.0, 4.0, 1.0], [0.0, 0.0, 0.0]])
    assert leading_product(shops, OWN).tolist() == [1, 2, 0, 0]


def test_the_town_comes_before_the_county_and_who_does_not_copy_keeps_its_own():
    town = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    county = np.tile([9.0, 1.0, 0.0], (4, 1))
    county[3] = 0.0
    deviate = np.array([0.29, 0.29, 0.3, 0.01])
    assert product_taken(town, county, OWN, deviate, probability=0.3).tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize(("probability", "expected"), [(0.0, [2, 2, 2, 0]), (1.0, [1, 1, 1, 1])])
def test_nobody_or_everybody_copies(probability, expected):
    town = np.tile([0.0, 2.0, 1.0], (4, 1))
    deviate = np.array([1e-16, 0.5, 0.999, 1 - 1e-16])
    assert product_taken(town, town, OWN, deviate, probability=probability).tolist() == expected
