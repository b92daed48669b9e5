"""``hinterland diagnose``: tables, a figure in the run folder, mistakes in plain words."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from sim.cli import app


@pytest.fixture(scope="module")
def folder(small_result, tmp_path_factory):
    return small_result.save(tmp_path_factory.mktemp("runs") / "one")


def call(*arguments):
    return CliRunner().invoke(app, ["diagnose", *map(str, arguments)])


def test_it_prints_and_draws(folder, small_result):
    done = call(folder, "--permutations", "19")
    assert (done.exit_code, done.stderr) == (0, "")
    for words in ("early adopters", "Openings a household-month at risk", "ties between adopters", "Bass' curve"):
        assert words in done.stdout
    assert done.stdout.splitlines()[-1] == f"drawn in {folder}/figures/diffusion.png"
    assert (folder / "figures" / "diffusion.png").read_bytes().startswith(b"\x89PNG")
    assert len(small_result.diagnostics.adoptions) > 50


def test_a_figure_that_has_no_place_is_told(small_result, tmp_path):
    folder = small_result.save(tmp_path / "one")
    (folder / "figures").write_text("in the way")
    done = call(folder, "--permutations", "1")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{folder}/figures: cannot be written (")


def test_json_says_the_same(folder, small_result):
    content = json.loads(
        call(folder, "--permutations", "19", "--json", "--no-figures", "--strata", "county").stdout
    )
    assert set(content) == {"classes", "thresholds", "hazard", "ties", "bass"}
    assert [row["openings"] for row in content["hazard"]] == small_result.diagnostics.hazard["openings"].tolist()
    test = small_result.diagnostics.permutation("county", 19)
    assert content["ties"]["p"] == test.p_value
    assert content["ties"]["months_apart"] == test.observed


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (
            ["--strata", "street"],
            2,
            "--strata: found 'street'; allowed is one of village, town, county, county-year, none",
        ),
        (["--permutations", "0"], 2, "--permutations: found 0; allowed is 1 or more"),
    ],
)
def test_mistakes(folder, arguments, status, words):
    done = call(folder, *arguments)
    assert done.exit_code == status
    assert words in done.stderr


def test_a_folder_without_a_run(tmp_path):
    done = call(tmp_path)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"command line: {tmp_path}: is not a run folder")
