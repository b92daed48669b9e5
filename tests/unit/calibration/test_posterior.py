"""The files of a posterior are there all together, or as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.calibration.fit import Table
from sim.calibration.posterior import Posterior
from sim.calibration.priors import priors_of, scrambled
from sim.calibration.sampling import Sample
from sim.calibration.targets import Target

FILES = {"posterior.nc", "summary.csv", "prior_check.csv", "posterior.json", "calibrated.yaml", "ensemble.yaml"}


@pytest.fixture
def posterior(small):
    """One that no run was done for."""
    priors = priors_of(small, ["adoption.imitation=uniform(0, 1)", "pioneers.shops=uniform(1, 40)"])
    fact = Target("villages", 2015, "", "value", 9.0, 0.0, 0.1, "villages", "2015-12", "made up", "fit", "")
    shares = scrambled(2, 0, 64, 1)
    table = Table(priors, shares, 20.0 * shares[:, :1], 64, 0)
    return Posterior(small, priors, (fact,), Sample(shares, shares[:, :1], 64.0), (), table)


def seen_in(folder):
    """What a reader finds: the names of files and what is in them; files being written are hidden."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.mark.parametrize("before", [True, False])
def test_of_a_posterior_broken_off_while_it_is_saved_nothing_is_seen(posterior, tmp_path, monkeypatch, before):
    if before:
        posterior.save(tmp_path, n=20)
    whole, met = seen_in(tmp_path), []

    def killed(path, text, **how):
        if path.suffix == ".yaml":
            met.append(seen_in(tmp_path))
            raise KeyboardInterrupt
        write(path, text, **how)

    # A reader, or a kill, may come at any moment; the scenarios are written when the other files are.
    write = Path.write_text
    monkeypatch.setattr(Path, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        posterior.save(tmp_path, n=50)
    assert set(whole) == (FILES if before else set())
    assert met == [whole], "while it is written"
    assert {path.name for path in tmp_path.iterdir()} == set(whole), "and after"
    assert seen_in(tmp_path) == whole
