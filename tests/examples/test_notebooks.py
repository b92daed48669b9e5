"""The notebooks: stripped, built as lessons, and run as a reader would, with the results their words promise."""

from __future__ import annotations

import ast
import contextlib
import functools
import os
import re
import resource
from dataclasses import dataclass, field
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from sim.own_rules import own_rules
from tests.architecture.source import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PNG = b"\x89PNG"


@dataclass
class Ran:
    """Names a notebook left behind, and how many figures it showed."""

    names: dict[str, Any] = field(default_factory=dict)
    figures: int = 0


@functools.cache
def ran(stem: str) -> Ran:
    """Run the cells of a notebook in this process and draw what a reader would be shown."""
    import matplotlib.pyplot as plt

    done = Ran()
    with contextlib.chdir(ROOT / "notebooks"):
        for cell in read(ROOT / "notebooks" / f"{stem}.ipynb").cells:
            if cell.cell_type == "code":
                done.figures += shown_png(run_cell(cell, done.names))
                done.figures += len(plt.get_fignums())
                for number in plt.get_fignums():
                    plt.figure(number).canvas.draw()
                plt.close("all")
    return done


def run_cell(cell, names):
    """Value a notebook would show: that of the last line, unless it ends with a semicolon."""
    tree = ast.parse(cell.source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, cell.id, "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), cell.id, "eval"), names)
    return None if cell.source.rstrip().endswith(";") else value


def shown_png(value):
    """Show a value as Jupyter does; whether it is a figure."""
    if hasattr(value, "_repr_png_"):
        assert value._repr_png_().startswith(PNG)
        return True
    if hasattr(value, "_repr_html_"):
        value._repr_html_()
    return False


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stripped_and_built_as_a_lesson(path):
    book = read(path)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert book.metadata.kernelspec.name == "python3"
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == [], (
        "strip the outputs"
    )
    assert [cell.id for cell in book.cells if not re.fullmatch(r"[a-z][a-z-]*", cell.id)] == []
    words = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    assert words.startswith(f"# {int(path.stem[:2])}. ")
    for part in ("**Question.**", "**What to see.**", "## What it does not say", "## Try"):
        assert part in words


def test_quickstart_cheaper_parcels_bring_more_than_another_luck():
    done = ran("01-quickstart")
    assert done.figures == 2
    shops = {words: run.national["shops"].iloc[-1] for words, run in done.names["runs"].items()}
    luck = abs(shops["another luck"] - shops["as it was"])
    assert shops["half a yuan less"] - shops["as it was"] > 5 * luck > 0
    last = done.names["last"]
    assert ((last["shops"] >= 100) | (last["shops"] >= 0.1 * last["households"])).all()
    assert (last["online_sales_yuan"] >= 10e6).all()


def test_sweep_has_more_shops_with_cheaper_parcels_and_with_more_courses():
    done = ran("02-sweep")
    assert done.figures == 3
    means = done.names["means"]["shops"].transpose("training.course_rate", "logistics.parcel_cost").values
    assert (means[:, :-1] > means[:, 1:]).all(), "each yuan less brings shops"
    assert (means[1:] > means[:-1]).all()
    factor = done.names["factor"].mean("replicate").values
    assert factor.min() > 1.3
    assert 1.0 < factor[-1] / factor[0] < 1.3, "more where parcels are dear, but nearly flat"


def test_policies_are_safe_in_shops_and_uncertain_in_villages():
    done = ran("03-policies")
    assert done.figures == 2
    table = done.names["table"]
    assert table.loc["shops", "safe"].all()
    assert (table.loc["shops", "low"] > 0).all()
    brought = table.loc["villages", "difference"]
    assert brought["parcels"] > brought["courses"] > brought["loans"] > 0
    assert brought.round()[["parcels", "courses", "loans"]].tolist() == [4, 3, 1]
    width = table["high"] - table["low"]
    assert (width["villages"] / brought > 3 * width["shops"] / table.loc["shops", "difference"]).all()
    assert (table.loc["shops", "variance_reduction"] > 10).all()
    assert done.names["order"]["scenario"].tolist()[:3] == ["parcels", "courses", "loans"]
    price = table.loc["shops", "cost_per_additional_yuan"]
    assert price["courses"] < price["loans"] < price["parcels"]
    assert set(done.names["policies"].table["holds"]) == {"yes"}
    parts = done.names["parts"].table.set_index("mechanism")["share"]
    assert parts["imitation"] > 0.8
    assert parts["crowding"] < 0


def test_calibration_finds_the_truth_it_never_reads_and_its_runs_hold_the_facts_kept_back():
    done = ran("04-calibration")
    assert done.figures == 3
    summary = done.names["summary"]
    for name, truth in done.names["TRUTH"].items():
        assert summary.loc[name, "q05"] < truth < summary.loc[name, "q95"]
        assert summary.loc[name, "spread"] < 0.8
    assert summary["informed"].all()
    assert summary.loc["adoption.imitation", "spread"] < summary.loc["adoption.own_initiative", "spread"]
    check = done.names["check"]
    assert check["used"].tolist() == [fact.use == "fit" for fact in done.names["facts"]]
    villages = check[check["target"].str.startswith("villages")]
    assert villages["share_below"].between(0.05, 0.95).all()
    table = done.names["recovery"].table
    assert (table["cover_90"] > 0.75).all()
    assert (table["skill"] > 0.2).all()
    assert [set(draw) for draw in done.names["validation"].draws[:1]] == [set(done.names["TRUTH"])]
    bands = done.names["validation"].bands
    kept_back = bands[bands["use"] == "check"]
    assert kept_back["holds"].mean() >= 0.5
    assert (abs(kept_back["median"] / kept_back["fact"] - 1) < 0.25).all()
    # Four facts of one history are one luck: of the truth's own histories one in eight has two or more outside the
    # bands of the others. Twenty histories tell whether bands are too narrow or in the wrong place.
    others = done.names["others"]
    assert others.shape == (20, 4)
    assert others.to_numpy().mean() >= 0.75
    totals = bands[bands["target"].str.startswith("villages")]
    assert (abs(totals["median"] / totals["fact"] - 1) < 0.3).all()
    ranking = done.names["ranking"]
    assert (ranking["log_score"].drop("this model") < ranking.loc["this model", "log_score"]).all()


def test_one_village_is_a_chain_that_begins_with_pioneers():
    done = ran("05-one-village")
    assert done.figures == 4
    generations = done.names["generations"].set_index("generation")["nodes"]
    assert generations[0] < generations[1:].sum()
    assert done.names["nx"].is_forest(done.names["forest"])
    decembers = done.names["story"].to_dict()["decembers"]
    assert [row["year"] for row in decembers if row["recognised"]] == [2015]
    assert {len(counts) for counts in done.names["shops_2015"].values()} == {12}
    assert min(done.names["shops_2015"]["李八庄村"]) > 0


def test_own_network_and_own_rule_differ_from_the_shipped_ones_on_the_same_luck():
    done = ran("06-your-own")
    assert done.figures == 2
    assert len({ties.number_of_edges() for ties in done.names["networks"].values()}) == 1
    reached, shops = (np.array(list(done.names[word].values())) for word in ("reached", "shops"))
    assert (np.diff(reached, axis=0) >= 0).all(), "on the same luck, far ties reach no village less"
    assert reached.mean(axis=1)[2] > done.names["world"].n_villages / 2
    assert shops.mean(axis=1)[1] < 1.2 * shops.mean(axis=1)[0]
    assert shops.mean(axis=1)[2] > 1.8 * shops.mean(axis=1)[0]
    assert done.names["result"].national["shops"].iloc[-1] == shops[1, 0]
    assert list(done.names["one"].provenance["own_rules"]) == ["adoption.village_terms"]
    by_yuan, by_share = (done.names[name]["shops"].sel(year=2015) for name in ("by_yuan", "by_share"))
    assert (by_share > by_yuan).all()
    ratio = (by_share / by_yuan).mean("replicate").values
    assert (np.diff(ratio) < 0).all(), "the cheaper parcels are, the more the rule of shares has"
    assert own_rules() == {}


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_kernel_of_jupyter_in_under_two_minutes(path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    book = read(path)
    client = NotebookClient(book, timeout=600, resources={"metadata": {"path": str(path.parent)}})
    plain = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}  # Jupyter chooses its own
    client.execute(env=plain | {"PYTHONPATH": str(ROOT)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    said = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    # Mesa's bars ask for ipywidgets; the extra notebooks has them, the tests do without.
    assert [text for text in said if "TqdmWarning: IProgress not found" not in text] == []
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 120
