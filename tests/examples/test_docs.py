"""The pages about mechanisms: made from the tables as they are, none left out, every link and fact there."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest

from sim.data import facts
from sim.scenario.vocabulary import default_vocabulary
from tests.architecture.source import ROOT

spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)

PAGES = generate.every_page()
WORDS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
AGAIN = "run python docs/generate.py"
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")


def named(kind):
    """Words of all markers of a kind, page by page."""
    return [
        word
        for page in PAGES
        for block in generate.BLOCK.findall(page.read_text(encoding="utf-8"))
        if block[1] == kind
        for word in block[2].split()
    ]


@pytest.mark.parametrize("page", generate.made_pages(), ids=lambda page: page.stem)
def test_making_a_page_again_changes_nothing(page):
    text = page.read_text(encoding="utf-8")
    assert generate.generated(text) == text, AGAIN


def test_every_parameter_switch_and_rule_stands_on_one_page():
    vocabulary = default_vocabulary()
    assert sorted(named("parameters")) == sorted(vocabulary.sections)
    assert sorted(named("mechanisms")) == sorted(vocabulary.mechanisms)
    rules = {path.stem for path in (ROOT / "sim" / "rules").glob("*.py")} - {"__init__"}
    assert sorted(named("equations")) == sorted(rules)


@pytest.mark.parametrize("page", [page for page in PAGES if page != generate.INDEX], ids=lambda page: page.stem)
def test_a_page_says_what_pins_it_what_is_assumed_and_where_it_ends(page):
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[:4] == ["Equations", "What pins it", "What is assumed", "Limits"]
    assert headings[-1] == "Facts"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_facts_named_are_known(page):
    known = {fact.id for fact in facts().rows}
    assert set(generate._facts_named(page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("page", WORDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    places = [(page.parent / target).resolve() for target in targets]
    assert [place for place in places if not (place.exists() and place.is_relative_to(ROOT.resolve()))] == []


def test_every_page_is_reached_from_the_first_or_the_readme():
    reached, ahead = set(), [generate.DOCS / "index.md", ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        ahead += [(page.parent / link).resolve() for link in LINK.findall(page.read_text(encoding="utf-8"))]
    records = set((generate.DOCS / "decisions").glob("*.md"))
    assert {page.name for page in set(generate.DOCS.rglob("*.md")) - reached - records} == set()


def test_no_page_installs_from_an_index_that_has_no_such_package():
    wrong = re.compile(r"^\s*pip install.*hinterland", re.MULTILINE)
    assert [page.name for page in WORDS if wrong.search(page.read_text(encoding="utf-8"))] == []


def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path):
    for name in ("sphinx", "myst_parser", "furo", "latex2mathml"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[dev,docs]'")
    words = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "-q",
        "-d",
        tmp_path / "trees",
        generate.DOCS,
        tmp_path / "site",
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pages = {page.name: page.read_text(encoding="utf-8") for page in (tmp_path / "site").rglob("*.html")}
    assert "<math" in pages["odd.html"]
    assert "sim.rules.adoption.monthly_hazard" in pages["reference.html"]
    assert "sim.load_scenario" in pages["reference.html"]
    loads = re.compile(r"""<(?:script|img|iframe)[^>]*\bsrc=["']https?:|<link[^>]*\bhref=["']https?:""")
    assert [name for name, text in pages.items() if loads.search(text)] == []


def test_what_stands_between_markers_is_made_and_nothing_else():
    text = "# T\n\nBy hand, F017.\n\n<!-- generated: mechanisms training -->\nold\n<!-- end -->\n\n"
    text += "<!-- generated: facts -->\n| F019 | no longer named |\n<!-- end -->\nBelow.\n"
    made = generate.generated(text)
    assert made.startswith("# T\n\nBy hand, F017.\n\n<!-- generated: mechanisms training -->\n\n| switch |")
    assert "old" not in made
    assert "| F017 |" in made
    assert "F019" not in made
    assert made.endswith("<!-- end -->\nBelow.\n")
    assert generate.generated(made) == made


def test_ranges_of_facts_are_all_of_them():
    assert list(generate._facts_named("F095-F097 and F001")) == ["F095", "F096", "F097", "F001"]


def test_bars_in_a_cell_do_not_end_it():
    assert generate.table(["a"], [["x | y"]]).splitlines()[-1] == "| x \\| y |"


def test_every_test_of_verification_is_recorded_and_what_is_recorded_is_there():
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\btest_\w+", text))
    tests = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(named - tests) == []
    assert sorted({path.stem for path in (ROOT / "tests" / "verification").glob("test_*.py")} - named) == []
    folders = re.findall(r"`(tests/[\w/]+)`", text)
    assert [name for name in folders if not ((ROOT / name).exists() or (ROOT / f"{name}.py").exists())] == []
