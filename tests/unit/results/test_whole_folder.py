"""What changed in a run folder since the run was saved is noticed, named, and never taken for its result."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest

import sim
from sim.errors import ResultError
from sim.results import whole


@pytest.fixture(scope="module")
def saved(tmp_path_factory, small_scenario):
    """A run folder with a graph of its own in it and a figure."""
    place = tmp_path_factory.mktemp("saved")
    size = {"villages": 2, "households_per_village": 20, "towns": 1, "counties": 1}
    (place / "graph.txt").write_text("".join(f"{i} {i + 1}\n" for i in range(39)), encoding="utf-8")
    mapping = {**small_scenario.to_mapping(), "region": {"synthetic": size}, "end": "2009-12"}
    mapping["acquaintances"] = {"file": "graph.txt", "format": "edgelist"}
    result = sim.run(sim.Scenario.from_mapping(mapping, folder=place))
    return result.save(place / "one", figures={"dot": b"png"})


@pytest.fixture
def run(saved, tmp_path):
    """A copy that a test may harm."""
    return shutil.copytree(saved, tmp_path / "one")


def provenance(run):
    return json.loads((run / "provenance.json").read_text(encoding="utf-8"))


def test_every_file_is_recorded_and_the_provenance_of_the_result_stays_as_it_was(run):
    recorded = provenance(run)["files_sha256"]
    names = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert set(recorded) == names - {"provenance.json"}
    assert recorded["figures/dot.png"] == hashlib.sha256(b"png").hexdigest()
    assert "files_sha256" not in sim.load_result(run).provenance


def test_a_scenario_cut_short_that_still_reads_is_noticed(run):
    path = run / "scenario.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cut = next(n for n in range(len(lines) - 1, 0, -1) if not lines[n].startswith(" "))
    path.write_text("".join(lines[:cut]), encoding="utf-8")
    sim.load_scenario(path)  # it is a scenario, but not the one that was run
    with pytest.raises(ResultError, match=r"one/scenario\.yaml: is not as it was saved .*run it again"):
        sim.load_result(run)


@pytest.mark.parametrize("name", ["graph.txt", "national.parquet", "town_list.parquet"])
def test_any_other_file_that_is_read_is_noticed(run, name):
    content = (run / name).read_bytes()
    (run / name).write_bytes(content[:-2])
    with pytest.raises(ResultError, match=rf"one/{name}: is not as it was saved"):
        sim.load_result(run)
    (run / name).unlink()
    with pytest.raises(ResultError, match=rf"one/{name}: is missing"):
        sim.load_result(run)


def test_a_table_of_another_run_is_noticed(run, small_result, tmp_path):
    other = small_result.save(tmp_path / "other")
    shutil.copy(other / "events.parquet", run)
    with pytest.raises(ResultError, match=r"events\.parquet: is not as it was saved"):
        sim.load_result(run)


def test_a_table_that_was_not_saved_with_the_run_is_noticed(run):
    content = provenance(run)
    del content["files_sha256"]["conditions.parquet"]
    (run / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ResultError, match=r"conditions\.parquet: was not saved with this run"):
        sim.load_result(run)


def test_what_people_add_or_do_with_figures_is_their_own(run):
    (run / "report.html").write_text("later", encoding="utf-8")
    (run / "figures" / "dot.png").write_bytes(b"cropped")
    sim.load_result(run)
    shutil.rmtree(run / "figures")
    assert len(sim.load_result(run).national) == 12


def test_a_folder_without_digests_is_read_as_it_is(run):
    content = provenance(run)
    del content["files_sha256"]
    (run / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    assert len(sim.load_result(run).national) == 12


@pytest.mark.parametrize("recorded", [[], "x", {"scenario.yaml": 3}, {"scenario.yaml": None}])
def test_digests_that_are_none(run, recorded):
    (run / "provenance.json").write_text(
        json.dumps(provenance(run) | {"files_sha256": recorded}), encoding="utf-8"
    )
    with pytest.raises(ResultError, match=r"is not a run folder \(no readable provenance\.json\)"):
        sim.load_result(run)


def test_no_path_is_followed_out_of_the_folder(run, monkeypatch):
    read = []
    digest = whole.digest_of
    monkeypatch.setattr(whole, "digest_of", lambda path: read.append(path) or digest(path))
    content = provenance(run)
    content["files_sha256"] |= {"../secret": "0", "/dev/zero": "0", "figures/../../secret": "0"}
    (run / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    sim.load_result(run)
    assert {path.parent for path in read} == {run}


@pytest.mark.parametrize("text", ["[" * 100_000, '{"results_version":', '"' + "x" * 11_000_000 + '"'])
def test_a_provenance_that_nobody_wrote(run, text):
    (run / "provenance.json").write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match=r"is not a run folder"):
        sim.load_result(run)
