"""Bass' curve: known shapes, parameters found again, and what counts cannot tell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.metrics.bass import bass_share, fit_bass


def test_the_curve_has_its_known_shape():
    assert bass_share(0.0, 0.01, 0.1) == 0.0
    np.testing.assert_allclose(bass_share([1.0, 5.0], 0.02, 0.0), 1 - np.exp([-0.02, -0.1]))
    p, q, h = 0.003, 0.09, 1e-5
    peak = math.log(q / p) / (p + q)  # Bass 1969: the month of most adoptions
    slope = [np.diff(bass_share([t - h, t + h], p, q))[0] for t in (peak - 1, peak, peak + 1)]
    assert slope[1] > max(slope[0], slope[2])
    assert bass_share(peak, p, q) == pytest.approx(0.5 - p / (2 * q))
    x = 12.0  # the differential equation: f = (p + q F) (1 - F)
    share = bass_share(x, p, q)
    assert np.diff(bass_share([x - h, x + h], p, q))[0] / (2 * h) == pytest.approx(
        float((p + q * share) * (1 - share))
    )


@pytest.mark.parametrize(("p", "q", "m"), [(0.001, 0.1, 5000), (0.01, 0.05, 800), (0.0002, 0.16, 40_000)])
def test_a_curve_without_noise_is_found_again(p, q, m):
    counts = m * np.diff(bass_share(np.arange(85), p, q))
    fit = fit_bass(np.r_[np.zeros(5), counts])
    assert fit is not None
    assert (fit.first, fit.n_months) == (5, 84)
    assert (fit.p, fit.q, fit.m) == pytest.approx((p, q, m), rel=1e-3)
    np.testing.assert_allclose(fit.expected(), counts, rtol=2e-3)
    assert fit.dispersion < 0.01


def test_intervals_hold_the_truth():
    # 95 % of intervals hold each parameter; of 40 at least 33 do, but for a chance of 0.3 %.
    rng, truth = np.random.default_rng(3), {"p": 0.002, "q": 0.09, "m": 3000.0}
    expected = truth["m"] * np.diff(bass_share(np.arange(85), truth["p"], truth["q"]))
    held = dict.fromkeys(truth, 0)
    for _ in range(40):
        counts = rng.poisson(expected)
        fit = fit_bass(np.r_[1, counts[1:]])  # begin in the first month whatever it held
        assert fit is not None
        for name, value in truth.items():
            low, high = getattr(fit, f"{name}_interval")
            held[name] += low <= value <= high
    assert min(held.values()) >= 33, held


def test_growth_that_has_not_slowed_bounds_no_final_number():
    growing = np.exp(0.08 * np.arange(60))
    fit = fit_bass(growing)
    assert fit is not None
    assert fit.m_interval == (0.0, math.inf)
    assert fit.expected()[-1] == pytest.approx(growing[-1], rel=0.05)


def test_too_little_gives_none():
    assert fit_bass([]) is None
    assert fit_bass(np.zeros(50)) is None
    assert fit_bass([0, 0, 9, 9, 9]) is None
    assert fit_bass([0, 1, 0, 0, 0, 1, 0, 0, 1, 0]) is None
