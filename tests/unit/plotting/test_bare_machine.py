"""Figures where there is no screen, no font with Chinese characters, and no folder for settings."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import sim
from tests.architecture.source import ROOT

#: What tells programs of a screen, of a way to draw, or of a folder of the user's.
LEFT_OUT = {"DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "XDG_RUNTIME_DIR", "PYTHONWARNINGS"}
FOLDERS = ("HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HINTERLAND_CACHE_DIR")

DRAW = """
import matplotlib as mpl
from matplotlib import font_manager
own = [entry for entry in font_manager.fontManager.ttflist if mpl.get_data_path() in entry.fname]
font_manager.fontManager.ttflist = own
import sim
from sim.plotting.language import chinese_font
assert chinese_font() is None
result = sim.load_result("run")
picture = result.plot(language="zh").growth()
assert picture.axes[0].get_title(loc="left") == "Taobao villages, counted each December"
for each in (picture, result.plot(language="zh").map()):
    assert each.png().startswith(b"\\x89PNG")
import sys
assert "matplotlib.pyplot" not in sys.modules, "whatever opens windows is not loaded"
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory, small_result):
    """A folder with a run, and an environment in which every place for settings lies below a file."""
    folder = tmp_path_factory.mktemp("bare")
    small_result.save(folder / "run")
    (folder / "file").write_text("in the way", encoding="utf-8")
    (folder / "temporary").mkdir()
    nowhere = dict.fromkeys(FOLDERS, str(folder / "file" / "x"))
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    return folder, kept | nowhere | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "temporary")}


def test_everything_is_drawn_in_english_and_nothing_as_boxes(bare):
    folder, environment = bare
    # A glyph that no font has would warn, and warnings are errors here but for the one about Chinese.
    strict = ["-W", "error", "-W", "ignore:no font with Chinese characters is installed"]
    command = [sys.executable, *strict, "-c", DRAW]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_run_compiles_anew_and_is_saved_with_its_figures(bare):
    folder, environment = bare
    size = {"villages": 8, "households_per_village": 50, "towns": 2, "counties": 1}
    scenario = sim.Scenario.from_mapping({"start": "2009-01", "end": "2010-12", "region": {"synthetic": size}})
    (folder / "tiny.yaml").write_text(scenario.to_yaml(), encoding="utf-8")
    command = [sys.executable, "-m", "sim", "run", "tiny.yaml", "--out", "made"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "every run compiles anew" in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "made" / "figures" / "growth.png").is_file()
    assert sim.load_result(folder / "made").national.equals(sim.run(scenario).national)
