"""Sensitivity: known indices of known functions, runs as told, mistakes told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.errors import ResultError, RunError, ScenarioError
from sim.experiments import indices as module
from sim.experiments.design import Range
from sim.experiments.indices import unit_design, unit_indices
from sim.experiments.sensitivity import sensitivity
from sim.plotting.sensitivity import draw_bars, sensitivity_figure
from tests.untranslated import untranslated

PARAMETERS = {"adoption.imitation": (0.1, 0.4), "pioneers.shops": (2, 6), "market.demand_growth": (0.0, 0.3)}


def ishigami(unit):
    x = np.pi * (2 * unit - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


#: Variances by closed form (Ishigami and Homma 1990): of x1, of x2, and of x1 and x3 together.
OF_1, OF_2, OF_13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.1**2 * np.pi**8 * 8 / 225
FIRST = np.array([OF_1, OF_2, 0.0]) / (OF_1 + OF_2 + OF_13)
TOTAL = np.array([OF_1 + OF_13, OF_2, OF_13]) / (OF_1 + OF_2 + OF_13)
TOLERANCE = 0.04


@pytest.fixture(scope="module")
def points():
    return unit_design("sobol", 3, 1024, 0)


def off_by(points, outcomes):
    """Greatest distance of the indices found from the closed form."""
    found = unit_indices("sobol", points, outcomes)
    return max(abs(found["S1"] - FIRST).max(), abs(found["ST"] - TOTAL).max())


def test_sobol_of_ishigami(points):
    assert points.shape == (1024 * 5, 3)
    np.testing.assert_allclose(FIRST, [0.314, 0.442, 0.0], atol=5e-4)
    np.testing.assert_allclose(TOTAL, [0.558, 0.442, 0.244], atol=5e-4)
    assert off_by(points, ishigami(points)) < TOLERANCE
    assert (unit_indices("sobol", points, ishigami(points))["S1_conf"] < 0.1).all()


WRONG = {
    "parameters exchanged": lambda points: ishigami(points[:, [1, 0, 2]]),
    "outcomes one point late": lambda points: np.roll(ishigami(points), 1),
    "no interaction": lambda points: ishigami(points * [1, 1, 0] + [0, 0, 0.5]),
    "half the range": lambda points: ishigami(points / 2),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_pipeline_is_seen_on_ishigami(points, wrong):
    assert off_by(points, WRONG[wrong](points)) > 3 * TOLERANCE


def test_morris_of_a_line_and_of_a_product():
    unit = unit_design("morris", 3, 10, 0)
    line = unit_indices("morris", unit, unit @ [3.0, -2.0, 0.0])
    np.testing.assert_allclose(line["mu_star"], [3, 2, 0], atol=1e-9)
    np.testing.assert_allclose(line["mu"], [3, -2, 0], atol=1e-9)
    np.testing.assert_allclose(line["sigma"], 0, atol=1e-9)
    product = unit_indices("morris", unit, unit[:, 0] * unit[:, 1])
    assert (product["sigma"][:2] > 0.1).all(), "its effects depend on each other"


def test_a_constant_outcome_depends_on_nothing():
    for method in ("morris", "sobol"):
        unit = unit_design(method, 2, 4, 0)
        assert all((values == 0).all() for values in unit_indices(method, unit, np.full(len(unit), 7.0)).values())


@pytest.fixture(scope="module")
def screened(tiny):
    return sensitivity(tiny, PARAMETERS, size=6, replicates=2)


def test_screening_ranks_and_says_how_sure(screened):
    assert screened.dataset.sizes["point"] == 6 * 4
    indices = screened.indices("shops")
    assert list(indices.columns) == ["parameter", "low", "high", "mu_star", "mu_star_conf", "mu", "sigma"]
    assert indices["mu_star"].is_monotonic_decreasing
    assert indices.set_index("parameter").loc["market.demand_growth", "mu_star"] < indices["mu_star"][0] / 5
    assert indices["parameter"][0] == "adoption.imitation"
    assert indices["mu"][0] > 0, "more imitation, more shops"
    assert 0 <= screened.noise_share("shops") < 0.5
    wavering = screened.convergence("shops")
    assert list(wavering.columns) == ["parameter", "50%", "75%", "100%"]
    assert wavering["100%"].tolist() == indices["mu_star"].tolist()


def test_its_figures_have_chinese_words(screened, monkeypatch):
    sobol = pd.DataFrame(
        {"parameter": ["a", "b"], "ST": [0.8, 0.1], "ST_conf": 0.1, "S1": [0.7, 0.1], "S1_conf": 0.1}
    )
    with untranslated(monkeypatch) as missing:
        picture = sensitivity_figure(screened, "sales_yuan")
        axes = draw_bars(sobol, Figure().subplots())
    assert missing == set()
    assert picture.axes[0].get_xlabel() == "mu*：范围内的平均绝对变化，全年网络销售额 (元)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["与其他参数一起（ST）", "单独（S1）"]


def test_points_are_inside_and_outcomes_those_of_their_runs(tiny, screened):
    import sim

    data = screened.dataset
    for name, (low, high) in PARAMETERS.items():
        assert ((data[name] >= low) & (data[name] <= high)).all()
    values = {name: data[name].values[7].item() for name in PARAMETERS}
    run = sim.run(tiny.replace(values), seed=1)
    assert data.monthly_shops.values[7, 1].tolist() == run.national["shops"].tolist()


def test_sobol_runs_and_resumes(tiny, tmp_path):
    names = {"adoption.imitation": (0.1, 0.4), "pioneers.shops": (2, 6)}
    first = sensitivity(tiny, names, method="sobol", size=2, replicates=1, out=tmp_path)
    told = []
    again = sensitivity(
        tiny, names, method="sobol", size=4, replicates=1, out=tmp_path, resume=True, progress=told.append
    )
    assert told[0].done > 0, "a longer Sobol sequence begins with the shorter one"
    assert first.indices("shops").shape == again.indices("shops").shape == (2, 7)
    assert (tmp_path / "results.nc").is_file()
    written = pd.read_parquet(tmp_path / "indices.parquet").set_index("outcome")
    assert {"shops", "sales_yuan"} <= set(written.index)
    for outcome in ("shops", "sales_yuan"):
        frame = again.indices(outcome)
        assert written.loc[outcome, "ST"].tolist() == frame["ST"].tolist()
        assert written.loc[outcome, "year"].unique().tolist() == [again.years[-1]]


def test_ranges_are_narrowed_around_the_scenario(tiny):
    whole = Range("a", 0.01, 1.0, logarithmic=True)
    part = whole.around(0.1, 0.5)
    assert (part.low, part.high) == pytest.approx((10**-1.5, 10**-0.5))
    assert whole.around(0.01, 0.5).low == 0.01
    assert whole.around(0.1, 1.0) == whole
    assert Range("n", 1, 9, whole=True).around(5, 0.01) == Range("n", 4, 6, whole=True)
    result = sensitivity(tiny, ["adoption.imitation"], size=2, replicates=1, span=0.1)
    (part,) = result.ranges
    # The scenario's 0.3 lies beyond the prior, and the part reaches down from it.
    assert part.low < 0.29
    assert part.high == pytest.approx(0.3)
    assert part.high / part.low < 2


def test_a_block_with_a_failed_point_is_left_out(tiny, monkeypatch):
    from sim.kernel import Simulation

    step = Simulation.step
    broken = []

    def fail_once(self):
        if not broken or broken[0] == self.scenario.fingerprint:
            broken[:] = [self.scenario.fingerprint]
            raise ArithmeticError
        return step(self)

    monkeypatch.setattr(Simulation, "step", fail_once)
    result = sensitivity(tiny, PARAMETERS, size=4, replicates=1)
    assert result.n_failed >= 1
    assert np.isfinite(result.indices("shops")["mu_star"]).all()
    assert np.isnan(result.noise_share("shops"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "fast"}, "morris, sobol"),
        ({"size": 1}, "2 or more"),
        ({"method": "sobol", "size": 6}, "power of two"),
        ({"span": 0}, "share above 0"),
        ({"parameters": ["adoption.imitatoin"]}, "imitation"),
    ],
)
def test_mistakes(tiny, options, words):
    with pytest.raises(ScenarioError, match=words):
        sensitivity(tiny, **{"parameters": PARAMETERS, **options})


def test_unknown_outcomes_and_years(screened):
    with pytest.raises(ResultError, match="allowed is one of villages, "):
        screened.indices("shosp")
    with pytest.raises(ResultError, match="2009, 2010, 2011"):
        screened.indices("shops", 2012)
    with pytest.raises(ResultError, match="only 0 blocks"):
        screened.indices("new_villages", 2009)


def test_without_salib_the_extra_is_named(tiny, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(RunError, match=r"'\.\[calibration\]'"):
        sensitivity(tiny, PARAMETERS)
