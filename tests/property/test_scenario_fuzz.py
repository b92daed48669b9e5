"""Damaged scenario files: whatever stands in them, a user gets messages and never a traceback."""

# ruff: noqa: E501 -- the pieces stand together

from __future__ import annotations

import random

import pytest

from sim.errors import ScenarioError
from sim.scenario import load_scenario
from tests.unit.scenario.tables import GOOD, VOCABULARY

PIECES = [
    *"{}[],:-?&*!|>'\"%@`#\t\n \\~.0-9",
    *("null", "true", "1e999", ".nan", "2009-13", "- ", ": ", "<<: *a", "&a ", "*a", "!!python/none ", "!!set ", "---\n"),
    *("...\n", "\0", "\x85", "\ufeff", "🚚", "村", "timeline:", "region:", "0x", "0o9", "1_0", "\u2028", "%YAML 1.1\n"),
    *("!!int ", "!!float ", "!!timestamp ", "2009-02-30", "!!bool ", "!!null ", "=", "? "),
]  # fmt: skip
TEXT = GOOD + "acquaintances: {file: g.graphml, format: graphml}\nextends: base.yaml\nworld_seed: 7\n"


def damaged(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice([1, 1, 2, 3])):
        at, kind = chance.randrange(len(text) + 1), chance.randrange(5)
        other = chance.randrange(len(text) + 1)
        low, high = min(at, other), max(at, other)
        if kind == 0:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + chance.randint(1, 8) :]
        elif kind == 2:
            text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(1, 4) :]
        elif kind == 3 and len(text) < 10_000:
            text = text[:high] + text[low:high] + text[high:]
        else:
            lines = text.split("\n")
            chance.shuffle(lines[: chance.randint(1, len(lines))])
            lines[chance.randrange(len(lines))] += chance.choice(PIECES)
            text = "\n".join(lines)
    return text


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_is_right_or_a_scenario_error(seed, tmp_path):
    (tmp_path / "g.graphml").write_text("", encoding="utf-8")
    (tmp_path / "base.yaml").write_text("history_seed: 3\n", encoding="utf-8")
    file = tmp_path / "x.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert load_scenario(file, vocabulary=VOCABULARY).history_seed == 3
    chance = random.Random(seed)
    found: list[ScenarioError] = []
    for _ in range(100):
        content = damaged(TEXT, chance).encode("utf-8", "surrogatepass")
        if chance.random() < 0.1:
            at = chance.randrange(len(content))
            content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        file.write_bytes(content)
        try:
            scenario = load_scenario(file, vocabulary=VOCABULARY)
        except ScenarioError as error:
            found.append(error)
        else:
            assert len(scenario.fingerprint) == 64
            assert scenario.to_yaml()
    assert len(found) > 30
    assert all(error.problems for error in found)
    assert all(problem.place is not None for error in found for problem in error.problems)
