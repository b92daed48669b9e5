"""The Python of the page about calibration runs as it stands, with fewer runs."""

from __future__ import annotations

import re

import pytest

import sim
from sim.calibration import recovery
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
FEWER = {"sim.Effort(120, 2)": "sim.Effort(60, 1)", "recovery(50)": "recovery(4)", "county, 40,": "county, 4,"}


def test_the_code_of_the_page_calibrates_and_validates(capsys, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)\n```", PAGE, re.DOTALL)
    for many, few in FEWER.items():
        assert many in code
        code = code.replace(many, few)
    monkeypatch.setattr(recovery, "_TRIED", 4)  # what it costs to choose the width of errors
    monkeypatch.chdir(ROOT)
    names = {}
    exec(compile(code, "calibration.md", "exec"), names)
    told = capsys.readouterr().out
    for word in ("adoption.imitation", "pioneers.shops", "skill", "holds", "this model"):
        assert word in told
    assert isinstance(names["posterior"], sim.Posterior)
    assert isinstance(names["validation"], sim.Validation)
    assert set(names["validation"].draws[0]) == {"adoption.imitation", "pioneers.shops"}
    middle = names["posterior"].center
    assert {name: names["likely"].values[name] for name in middle} == pytest.approx(middle, rel=1e-4)
