"""The shipped posterior, its ensemble scenario and what the pages say of them belong together."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibration.posterior import read_draws
from sim.calibration.priors import free_parameters, priors_of
from tests.architecture.source import ROOT

FOLDER = ROOT / "docs" / "validation"
CHINA = sim.load_scenario(ROOT / "scenarios" / "china-2015.yaml")
DRAWS = pd.DataFrame(read_draws(FOLDER / "posterior.nc", CHINA))


def test_the_draws_are_of_the_free_parameters_within_their_priors():
    assert set(DRAWS) == set(free_parameters())
    assert len(DRAWS) == 400
    for prior in priors_of(CHINA):
        assert DRAWS[prior.name].between(prior.low, prior.high).all(), prior.name
    origin = json.loads((FOLDER / "posterior.json").read_text(encoding="utf-8"))
    assert origin["priors"] == {prior.name: str(prior) for prior in priors_of(CHINA)}
    for name, middle in origin["median"].items():
        low, high = np.quantile(DRAWS[name], [0.4, 0.6])
        assert low <= middle <= high, name


def test_the_defaults_lie_inside_its_intervals():
    for name in DRAWS:
        low, high = np.quantile(DRAWS[name], [0.05, 0.95])
        assert low <= CHINA.values[name] <= high, name


def test_the_defaults_are_its_central_draw():
    center = json.loads((FOLDER / "posterior.json").read_text(encoding="utf-8"))["center"]
    assert {name: CHINA.values[name] for name in center} == pytest.approx(center, rel=1e-4)


def test_the_ensemble_scenario_is_swept_over_draws_with_seeds_of_their_own():
    ensemble = sim.load_scenario(ROOT / "scenarios" / "china-2015-ensemble.yaml")
    points = pd.DataFrame(list(ensemble.sweep.listed))
    assert len(points) == 40
    assert points["world_seed"].tolist() == points["history_seed"].tolist() == list(range(40))
    assert ensemble.values == CHINA.values
    priors = {prior.name: prior for prior in priors_of(CHINA)}
    for name in DRAWS:
        assert points[name].between(priors[name].low, priors[name].high).all(), name
        # Forty fair draws have their median between the quarters of four hundred.
        assert DRAWS[name].quantile(0.25) <= points[name].median() <= DRAWS[name].quantile(0.75), name


def test_pages_say_what_the_validation_found():
    bands = pd.read_csv(FOLDER / "bands.csv").set_index("target")
    score = pd.read_csv(FOLDER / "scores.csv").set_index("prediction").loc["this model"]
    pages = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/calibration.md")}
    for year in (2014, 2015):
        row = bands.loc[f"villages {year}"]
        words = f"{row['median'] + 1e-9:.0f} ({row['low']:.0f}-{row['high']:.0f})"
        assert all(words in text for text in pages.values()), words
    telling = bands[~bands.index.str.startswith("mean_covariate")]
    held = f"{int(telling['holds'].sum())} of {len(telling)}"
    assert held in pages["README.md"].replace("\n", " ")
    assert (
        f"| R2 of the mean over the counties of 2015 | {score['r_squared']:.2f} | 0.70 |"
        in pages["docs/calibration.md"]
    )
    assert f"{score['log_score']:.3f}" in pages["docs/calibration.md"]
