"""Guidance by hand: reacts to Taobao villages, builds and decays, finds nothing where nobody sells."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.guidance import acting_guidance, counties_signed, guidance_target, guided_training, next_guidance


def test_counties_sign_from_the_first_month_on():
    assert [counties_signed(m, counties_per_month=34) for m in (-1, 0, 1, 14)] == [0, 34, 68, 510]
    assert counties_signed(100, counties_per_month=0) == 0


def test_governments_react_to_the_villages_there_are_and_to_agreements():
    villages = np.array([0.0, 0.0, np.e - 1, 9.0])
    signed = np.array([False, True, False, True])
    target = guidance_target(villages, signed, signed_strength=0.5, strength_everywhere=0.0)
    assert target == pytest.approx([0.0, 0.5, 1.0, np.log(10) + 0.5])
    everywhere = guidance_target(villages, signed, signed_strength=0.5, strength_everywhere=2.0)
    assert everywhere == pytest.approx([2.0, 2.0, 2.0, np.log(10) + 0.5])


def test_guidance_builds_up_faster_than_it_decays_and_stays_at_its_target():
    after = next_guidance(np.array([0.0, 1.0, 0.7]), np.array([1.0, 0.0, 0.7]), build_months=1, decay_months=10)
    assert after == pytest.approx([1 - np.exp(-1), np.exp(-0.1), 0.7])


def test_nothing_to_act_on_without_shops_and_half_of_it_at_the_half_base():
    acting = acting_guidance(np.full(3, 2.0), np.array([0.0, 50.0, 1e12]), half_base_shops=50)
    assert acting[0] == 0.0
    assert acting[1:] == pytest.approx([1.0, 2.0])


def test_guidance_teaches_in_proportion():
    assert guided_training(np.array([0.0, 0.5, 2.0]), training_rate=0.1) == pytest.approx([0.0, 0.05, 0.2])
