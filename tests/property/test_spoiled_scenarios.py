"""Every shipped scenario, spoiled in every way: a user gets file, place and words, and never a traceback.

And values at the ends of their ranges, alone and together: a run ends, or says why it was given up.
``python -m pytest -m long tests/property/test_spoiled_scenarios.py`` spoils ten thousand files.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter

import pytest

import sim
from sim.errors import HinterlandError, ScenarioError
from sim.scenario import format_month
from sim.scenario.vocabulary import default_vocabulary
from sim.world import named_openings, resolve_region
from tests.architecture.source import ROOT
from tests.property.mutations import EXECUTED, KINDS, QUICK, Case, items

SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
TINY = {"synthetic": {"villages": 3, "households_per_village": 20, "towns": 2, "counties": 2}}
VOCABULARY = default_vocabulary()
#: Keys below which names are the user's own or are checked by the sections' own tests.
_INNER = {"region", "timeline", "sweep", "costs", "policy", "acquaintances"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the shipped scenarios, with what a path could lead astray to beside it."""
    above = tmp_path_factory.mktemp("spoiled")
    shutil.copytree(ROOT / "scenarios", above / "scenarios")
    outside = above / "scenarios-other"
    outside.mkdir()
    (outside / "secret.yaml").write_text("start: 2009-01\nend: 2009-12\n", encoding="utf-8")
    (above / "scenarios" / "link-out.yaml").symlink_to(outside / "secret.yaml")
    (above / "scenarios" / "circle.yaml").symlink_to(above / "scenarios" / "circle.yaml")
    return above / "scenarios"


def loaded(file):
    """What ``hinterland scenario check`` does."""
    scenario = sim.load_scenario(file)
    resolve_region(scenario)
    named_openings(scenario)
    return scenario


def check(case: Case, folder) -> str:
    """Hold one spoiled file against what must be said of it; returns what became of it."""
    file = folder / "mutated.yaml"
    file.write_bytes(case.content)
    try:
        scenario = loaded(file)
    except ScenarioError as error:
        check_words(case, error, folder)
        return "refused"
    assert not case.is_wrong, "accepted"
    check_accepted(case, scenario)
    return "accepted"


def check_words(case: Case, error: ScenarioError, folder) -> None:
    assert error.problems
    assert case.is_wrong is not False, str(error)
    for problem in error.problems:
        assert problem.place is not None, problem
        assert problem.place.file.startswith(str(folder)), problem
        assert len(str(problem)) < 2000, "a message people can read"
        assert str(problem).isprintable(), "nothing that moves or colours a terminal"
    if case.line:
        # a value may begin on the line after its key
        lines = {problem.place.line for problem in error.problems}
        assert lines & {case.line, case.line + 1}, (case.line, str(error))
    assert case.word in str(error), (case.word, str(error))


def check_accepted(case: Case, scenario) -> None:
    """No key is unknown, what is read can be written and read again, and it runs or says why not."""
    known = {*VOCABULARY.parameters, *(f"mechanisms.{name}" for name in VOCABULARY.mechanisms)}
    for item in items(case.content.decode("utf-8-sig")):
        first, *rest = item.path
        if rest and first not in _INNER:
            assert ".".join(map(str, item.path)) in known, item.path
    assert sim.Scenario.from_mapping(scenario.to_mapping(), folder=scenario.folder) == scenario
    if scenario.roll_out is None and scenario.acquaintances is None:
        try:
            sim.run(scenario.replace({"region": TINY, "end": format_month(scenario.start + 5), "timeline": []}))
        except HinterlandError:
            return  # said in words


def spoil(folder, seed: int, kinds) -> Counter:
    """Spoil files one after the other; a failure tells what to repeat."""
    done: Counter = Counter()
    for number, kind in enumerate(kinds):
        luck = random.Random(f"{seed}-{number}")
        base = luck.choice(SHIPPED)
        case = (kind or luck.choice(KINDS))(base.read_text(encoding="utf-8"), luck)
        try:
            done[case.kind, check(case, folder)] += 1
        except BaseException:
            print(f"seed {seed}, case {number}: {base.name}, {case.kind}:\n{case.content[:3000]!r}")
            raise
    assert not [path for path in (folder, folder.parent, ROOT) if (path / EXECUTED).exists()]
    return done


@pytest.mark.parametrize("seed", range(4))
def test_a_spoiled_scenario_is_refused_with_file_and_place(seed, folder):
    done = spoil(folder, seed, (*QUICK, *QUICK, KINDS[-1 - seed % 2]))
    assert sum(number for (_, what), number in done.items() if what == "refused") > 20
    assert sum(number for (_, what), number in done.items() if what == "accepted") > 1


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_ten_thousand_spoiled_scenarios(seed, folder):
    done = spoil(folder, seed, [None] * 500)
    assert {kind for kind, what in done if what == "refused"} >= {"misspelt key", "tag", "bomb", "path out"}


# values at the ends of their ranges ---------------------------------------------------------------------------

ROWS = [row for row in VOCABULARY.parameters.values() if row.type == "choice" or row.low is not None]
EVERYTHING = {
    "start": "2012-01",
    "end": "2013-06",
    "region": {"synthetic": {"villages": 4, "households_per_village": 25, "towns": 2, "counties": 2}},
    "mechanisms": dict.fromkeys(VOCABULARY.mechanisms, True),
    "world.synthetic_pioneers": 2,
    "pioneers.first_year": 2012,
    "pioneers.last_year": 2012,
    "adoption.own_initiative": 0.01,
    "programme.first_month": "2012-02",
    "programme.second_model_month": "2012-06",
}


def ends(row) -> list:
    """What is allowed at most and at least."""
    if row.type == "choice":
        return list(row.choices)
    found = [end for end in (row.low, row.high) if end is not None]
    return [format_month(int(end)) for end in found] if row.type == "month" else found


def run_or_told(changes) -> None:
    """A run ends, warnings being errors, or says what keeps it from ending."""
    try:
        sim.run(sim.Scenario.from_mapping(EVERYTHING | changes))
    except HinterlandError:
        return


def drawn_ends(seed: int) -> dict:
    luck = random.Random(seed)
    share = luck.choice((0.05, 0.3, 1.0))
    return {row.name: luck.choice(ends(row)) for row in ROWS if luck.random() < share}


@pytest.mark.parametrize("seeds", [range(10, 30)])
def test_many_values_at_the_ends_of_their_ranges(seeds):
    for seed in seeds:
        run_or_told(drawn_ends(seed))


@pytest.mark.long
def test_very_many_values_at_the_ends_of_their_ranges():
    for seed in range(1000, 3000):
        run_or_told(drawn_ends(seed))


@pytest.mark.long
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_value_at_the_ends_of_its_range(row):
    for end in ends(row):
        run_or_told({row.name: end})
