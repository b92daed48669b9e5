"""Policies beside their bases: the same differences as a comparison, and a word on what was expected."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.experiments.compare import compare
from sim.experiments.intervals import paired_difference
from sim.experiments.policies import compare_policies, holds, policy_files
from sim.kernel import Simulation
from sim.scenario import load_scenario

MORE = """\
extends: base.yaml
adoption: {imitation: 0.4}
policy:
  question: What if households looked at each other more?
  base: base.yaml
  expects: {outcome: shops, direction: more}
"""
ITSELF = """\
extends: base.yaml
mechanisms: {chain: true}
policy:
  question: Do suppliers bring shops?
  base_values: {mechanisms.chain: false}
  expects: {outcome: sales_yuan, direction: fewer}
"""


@pytest.fixture(scope="module")
def folder(tiny, tmp_path_factory):
    path = tmp_path_factory.mktemp("policies")
    (path / "base.yaml").write_text(tiny.to_yaml(), encoding="utf-8")
    (path / "more.yaml").write_text(MORE, encoding="utf-8")
    (path / "itself.yaml").write_text(ITSELF, encoding="utf-8")
    (path / "nothing.yaml").write_text(MORE.replace("0.4", "0.3"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def result(folder):
    return compare_policies([folder], replicates=6, out=folder / "out")


def test_each_is_compared_with_its_own_base(folder, result):
    assert result.policies == ("itself", "more", "nothing")
    table = result.table.set_index("policy")
    assert list(table["compared_with"]) == ["itself with mechanisms.chain=false", "tiny", "tiny"]
    for name, base in (("more", load_scenario(folder / "base.yaml")),):
        known = compare(base, folder / f"{name}.yaml", replicates=6).table.set_index("outcome")
        for outcome in ("villages", "shops", "sales_yuan"):
            for column in ("difference", "low", "high"):
                assert table.loc[name, f"{outcome}_{column}"] == known.loc[outcome, column]
    chained = load_scenario(folder / "itself.yaml")
    known = compare(chained.replace({"mechanisms.chain": False}), chained, replicates=6).table.set_index("outcome")
    assert table.loc["itself", "expected_difference"] == known.loc["sales_yuan", "difference"] > 0


def test_whether_it_holds(result):
    table = result.table.set_index("policy")
    assert table["holds"].to_dict() == {"itself": "no", "more": "yes", "nothing": "same"}
    assert table.loc["more", "expected"] == "more shops"


@pytest.mark.parametrize(
    ("values", "direction", "word"),
    [
        ([2, 3.1, 4], "more", "yes"),
        ([2, 3.1, 4], "fewer", "no"),
        ([0, 0.9, 2], "fewer", "yes"),
        ([1, 2, 3], "more", "same"),
        ([0, 3, 3], "more", "unsure"),
        ([0, 3, 4], "more", "unsure"),
        ([np.nan] * 3, "more", "no runs"),
    ],
)
def test_words_for_what_holds(values, direction, word):
    assert holds(direction, paired_difference([1.0, 2.0, 3.0], values)) == word


def test_one_pair_is_never_sure():
    assert holds("more", paired_difference([1.0], [2.0])) == "unsure"
    assert holds("more", paired_difference([1.0], [1.0])) == "same"


def test_kept_and_resumed(folder, result, monkeypatch):
    assert (folder / "out" / "table.parquet").is_file()
    monkeypatch.setattr(Simulation, "step", None)
    again = compare_policies([folder], replicates=6, out=folder / "out", resume=True)
    assert again.table.equals(result.table)
    assert list(again.dataset["scenario"].values) == [
        *("itself with mechanisms.chain=false", "tiny"),
        *("itself", "more", "nothing"),
    ]


def test_words(result):
    assert repr(result).startswith("3 policies beside their bases, 6 pairs each, 2011")
    assert "more against tiny: +" in repr(result)
    assert "<table" in result._repr_html_()


def test_a_policy_may_be_the_base_of_another(folder, tmp_path):
    for name in ("base", "more"):
        (tmp_path / f"{name}.yaml").write_text((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    still = MORE.replace("0.4", "0.5").replace("base: base.yaml", "base: more.yaml")
    (tmp_path / "most.yaml").write_text(still, encoding="utf-8")
    table = compare_policies([tmp_path], replicates=2).table
    assert dict(zip(table["policy"], table["compared_with"], strict=True)) == {"more": "tiny", "most": "more"}


def test_files_of_a_folder_are_those_with_a_policy(folder, tmp_path):
    assert [path.stem for path in policy_files([folder])] == ["itself", "more", "nothing"]
    assert policy_files([folder / "base.yaml", folder / "base.yaml"]) == [folder / "base.yaml"]
    with pytest.raises(ScenarioError, match="no scenario here has a policy"):
        policy_files([tmp_path])


def test_tried_in_counties_stands_for_china_only(tiny):
    from sim.experiments.policies import _laid_over

    china = tiny.replace({"region": "china"})
    assert _laid_over(china, {}, [371721]).region.names == (371721,)
    assert _laid_over(tiny, {}, [371721]) is tiny
    assert _laid_over(china, {"region": {"provinces": [37]}}, [371721]).region.names == (37,)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("plain", "extends: base.yaml\n", "plain.yaml: the scenario has no policy"),
        ("later", MORE + "end: 2010-12\n", "later: other months than tiny"),
        ("wider", MORE + "world: {household_scale: 2}\n", "wider: world.household_scale differ from tiny"),
        ("twin", MORE + "name: more\n", "found two policies called more"),
        ("tiny", MORE + "name: tiny\n", "found two scenarios called tiny"),
    ],
)
def test_mistakes_are_told_before_anything_runs(folder, tmp_path, monkeypatch, name, text, words):
    monkeypatch.setattr(Simulation, "step", None)
    for other in ("base", "more"):
        (tmp_path / f"{other}.yaml").write_text((folder / f"{other}.yaml").read_text(encoding="utf-8"))
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=words):
        compare_policies([tmp_path / "more.yaml", tmp_path / f"{name}.yaml"], replicates=2)
