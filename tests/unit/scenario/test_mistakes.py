"""Every mistake a scenario file can hold: file, line, column, what was found, what is allowed, what to do."""

# ruff: noqa: E501, ISC004 -- messages stand as a user sees them

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, load_scenario
from tests.unit.scenario.tables import GOOD, VOCABULARY

RUN = "start: 2009-01\nend: 2015-12\n"


def cases():
    text = Path(__file__).with_name("mistakes.txt").read_text(encoding="utf-8")
    for block in text.split("## ")[1:]:
        title, _, rest = block.partition("\n")
        yaml, _, messages = rest.partition("=>\n")
        yield pytest.param(yaml, messages.strip().splitlines(), id=title)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder called ``mine``, as messages name it, and the working folder."""
    path = tmp_path / "mine"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


def messages(path: str | Path, **more) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, vocabulary=VOCABULARY, **more)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("yaml", "expected"), list(cases()))
def test_the_message_of(yaml, expected):
    Path("scenario.yaml").write_text(yaml, encoding="utf-8")
    assert messages("scenario.yaml") == expected


def test_all_mistakes_come_at_once_in_the_order_of_the_file():
    text = RUN + (
        "region: {counties: [], provinces: [x]}\n"
        "adoption: {rule: linar, sellers: 30}\n"
        "timeline:\n"
        "  - {from: 2019-01, set: {logistics.parcel_cost: 7}}\n"
        "mechanisms: {training: false}\n"
        "titel: x\n"
    )
    Path("scenario.yaml").write_text(text, encoding="utf-8")
    assert [message.split(": ")[0] for message in messages("scenario.yaml")] == [
        "scenario.yaml:3:1",
        "scenario.yaml:4:12",
        "scenario.yaml:4:25",
        "scenario.yaml:8:1",
        # what only shows when all is put together comes last
        "scenario.yaml:6:6",
        "scenario.yaml:7:14",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"title: a\x01b\n", ":1:9: is not YAML: found a character that text files do not hold; is it a binary file?"),
        (b"\x89PNG\r\n\x1a\n\x00", ":1:1: found the byte 0x89, allowed is text in UTF-8; save the file as UTF-8"),
        ("title: 村\n名: x".encode("gbk"), ":1:8: found the byte 0xb4, allowed is text in UTF-8; save the file as UTF-8"),
        ("start: x\ntitle: 村é".encode() + b"\xff", ":2:10: found the byte 0xff, allowed is text in UTF-8; save the file as UTF-8"),
        (RUN.encode("utf-16"), ":1:1: found the byte 0xff, allowed is text in UTF-8; save the file as UTF-8"),
        (b"#" * 1_000_001, ": found more than 1 MB, allowed is a file of at most 1 MB; put large tables into files of their own"),
        (b"[\n" * 2_000, ": is nested too deeply"),
    ],
    ids=["control character", "picture", "GBK", "broken UTF-8", "UTF-16", "too large", "nested"],
)  # fmt: skip
def test_files_that_are_no_text(content, expected):
    Path("x.yaml").write_bytes(content)
    assert messages("x.yaml") == ["x.yaml" + expected]


def test_no_such_file_a_folder_and_a_pipe(folder):
    assert messages("none.yaml") == ["none.yaml: there is no such file; check the name and the folder"]
    assert messages(folder) == [f"{folder}: found a folder, allowed is a file; name a file in it"]
    os.mkfifo("pipe.yaml")
    assert messages("pipe.yaml") == ["pipe.yaml: found a device, allowed is a file"]
    assert messages("a\0b") == ["a\\x00b: there is no such file; check the name and the folder"]


def test_a_byte_order_mark_is_no_mistake():
    Path("x.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_scenario("x.yaml", vocabulary=VOCABULARY).name == "base"


def test_aliases_cannot_multiply_for_ever():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    Path("x.yaml").write_text("\n".join(lines), encoding="utf-8")
    (message,) = messages("x.yaml")
    assert message.endswith("holds more than 100000 values or 50 levels, aliases counted each time")


def test_a_plain_alias_is_no_mistake():
    Path("x.yaml").write_text(RUN + "adoption: {sellers: &n 3}\npioneers: {shops: *n}\n", encoding="utf-8")
    assert load_scenario("x.yaml", vocabulary=VOCABULARY).values["pioneers.shops"] == 3


def test_a_mistake_in_an_extended_file_names_that_file():
    Path("bases").mkdir()
    Path("bases/deep.yaml").write_text(RUN + "logistics:\n  parcel_cots: 7\n", encoding="utf-8")
    Path("bases/base.yaml").write_text("extends: deep.yaml\nadoption: {sellers: 0}\n", encoding="utf-8")
    Path("top.yaml").write_text("extends: bases/base.yaml\nadoption: {sellers: 4, rule: x}\n", encoding="utf-8")
    assert [message.split(": ")[0] for message in messages("top.yaml")] == [
        "bases/deep.yaml:4:3",
        "bases/base.yaml:2:12",  # though top.yaml overrides the value
        "top.yaml:2:24",
    ]


def test_a_combination_is_reported_where_its_last_word_stands():
    Path("base.yaml").write_text(RUN + "mechanisms: {guidance: true}\n", encoding="utf-8")
    Path("top.yaml").write_text("extends: base.yaml\nend: 2008-01\n", encoding="utf-8")
    assert messages("top.yaml") == [
        "top.yaml:2:1: end: found 2008-01, allowed is a month from start (2009-01) on; "
        "are start and end exchanged?"
    ]
    Path("top.yaml").write_text("extends: base.yaml\nmechanisms: {training: false, programme: false}\n")
    assert messages("top.yaml") == [
        "top.yaml:2:14: mechanisms: guidance is on but needs training, which is off; "
        "switch training on or guidance off"
    ]


def test_a_circle_of_three_is_found():
    for name, base in [("a", "b"), ("b", "c"), ("c", "a")]:
        Path(f"{name}.yaml").write_text(f"extends: {base}.yaml\n{RUN}", encoding="utf-8")
    assert messages("a.yaml") == [
        "c.yaml:1:1: extends: the files extend each other in a circle "
        "(a.yaml -> b.yaml -> c.yaml -> a.yaml); break it"
    ]


def test_a_missing_base_is_compared_with_its_neighbours_and_hides_no_other_mistake():
    Path("china.yaml").write_text(RUN, encoding="utf-8")
    Path("top.yaml").write_text("extends: chian.yaml\nadoption: {sellers: 0}\n", encoding="utf-8")
    assert messages("top.yaml") == [
        "top.yaml:2:12: adoption.sellers: found 0, allowed is a whole number from 1 to 20 (households)",
        "top.yaml:1:1: extends: there is no file 'chian.yaml'; did you mean china.yaml?",
    ]


def test_extends_may_climb_inside_a_scenarios_folder_but_not_out_of_it(folder):
    inner = folder / "scenarios" / "policies"
    inner.mkdir(parents=True)
    for place in (folder, folder / "scenarios"):
        (place / "base.yaml").write_text(RUN, encoding="utf-8")
    (inner / "ok.yaml").write_text("extends: ../base.yaml\n", encoding="utf-8")
    assert load_scenario("scenarios/policies/ok.yaml", vocabulary=VOCABULARY).n_months == 84
    (inner / "out.yaml").write_text("extends: ../../base.yaml\n", encoding="utf-8")
    (inner / "link.yaml").symlink_to(folder / "base.yaml")
    (inner / "by_link.yaml").write_text("extends: link.yaml\n", encoding="utf-8")
    for name in ("out", "by_link"):
        (message,) = messages(f"scenarios/policies/{name}.yaml")
        assert "allowed are files inside the folder scenarios" in message


def test_a_graph_may_not_be_reached_by_a_link_that_leaves_the_folder(folder):
    (folder.parent / "g.graphml").write_text("x", encoding="utf-8")
    (folder / "g.graphml").symlink_to(folder.parent / "g.graphml")
    text = RUN + "acquaintances: {file: g.graphml, format: graphml}\n"
    Path("x.yaml").write_text(text, encoding="utf-8")
    assert messages("x.yaml")[0].startswith("x.yaml:3:17: acquaintances.file: found 'g.graphml', allowed are")


def test_python_has_the_same_words_and_says_python():
    Path("x.yaml").write_text(RUN + "adoption: {sellers: 0}\n", encoding="utf-8")
    assert messages("x.yaml", overrides={"logistics.parcel_cost": "7", "extends": "y"}) == [
        "x.yaml:3:12: adoption.sellers: found 0, allowed is a whole number from 1 to 20 (households)",
        "python: extends: is for files only; use load_scenario and replace",
        "python: logistics.parcel_cost: found the text '7', "
        "allowed is a number from 0 to 100 (yuan per parcel); write it without quotes",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"logistics.parcel_cots": 7}, "logistics.parcel_cots is not known, known here: parcel_cost, offset, floor; did you mean parcel_cost?"),
        ({"logistcs.parcel_cost": 7}, "logistcs is not known; did you mean logistics?"),
        ({"end": "2008-01"}, "end: found 2008-01, allowed is a month from start (2009-01) on; are start and end exchanged?"),
        ({"end": 24180}, "end: found 24180, allowed is a month such as 2009-01; write year and month as 2009-01"),
        ({"world_seed": 2**63}, "world_seed: found 9223372036854775808, allowed is a whole number from 0 to 2**63 - 1"),
        ({"mechanisms.training": 0}, "mechanisms.training: found 0, allowed is true or false"),
        ({7: 1}, "found the key 7, allowed are names"),
        ({"timeline": [{"from": "2016-01", "switch": {"training": True}}]}, "timeline[0].from: found 2016-01, allowed is a month of the run (2009-01 to 2015-12); move the entry, or change start or end"),
    ],
)  # fmt: skip
def test_replace_refuses(changes, expected):
    scenario = Scenario.from_mapping({"start": "2009-01", "end": "2015-12"}, vocabulary=VOCABULARY)
    with pytest.raises(ScenarioError) as caught:
        scenario.replace(changes)
    assert str(caught.value) == f"python: {expected}"


def test_paths_no_file_system_takes_are_mistakes_too():
    Path("loop.yaml").symlink_to("loop.yaml")
    long = "x" * 5000
    for written in ("loop.yaml", long):
        graph = f"acquaintances: {{file: {written}, format: edgelist}}\n"
        Path("x.yaml").write_text(f"extends: {written}\n{RUN}{graph}", encoding="utf-8")
        places = [message.split(": ")[0] for message in messages("x.yaml")]
        assert sorted(places) == ["x.yaml:1:1", "x.yaml:4:17"]
        assert all("cannot be a file; check the path" in message for message in messages("x.yaml"))
    assert len(messages("loop.yaml")) == 1
    assert len(messages(long)) == 1


def test_a_circle_that_does_not_touch_the_file_loaded_is_found():
    for name, base in [("top", "a"), ("a", "b"), ("b", "a")]:
        Path(f"{name}.yaml").write_text(f"extends: {base}.yaml\n{RUN}", encoding="utf-8")
    (message,) = messages("top.yaml")
    assert message.startswith(
        "b.yaml:1:1: extends: the files extend each other in a circle (a.yaml -> b.yaml -> a.yaml)"
    )


def test_a_broken_need_is_told_once_each_time_it_breaks():
    switches = [(2010, "false"), (2011, "false"), (2012, "true"), (2013, "false")]
    entries = [f"  - {{from: {year}-01, switch: {{training: {on}}}}}\n" for year, on in switches]
    Path("x.yaml").write_text(f"{RUN}timeline:\n{''.join(entries)}", encoding="utf-8")
    assert [message[: message.index(", which")] for message in messages("x.yaml")] == [
        "x.yaml:4:30: mechanisms: programme is on from 2010-01 on but needs training",
        "x.yaml:7:30: mechanisms: programme is on from 2013-01 on but needs training",
    ]


def test_what_a_file_says_neither_colours_the_terminal_nor_breaks_the_line():
    Path("x.yaml").write_text(
        RUN + f'"\\e[31mred\\nline": 1\n{"k" * 500}: 1\nextends: {"y" * 5000}\n', encoding="utf-8"
    )
    red, long, far = messages("x.yaml")
    assert "\\x1b[31mred\\nline is not known" in red
    assert "k" * 80 + "... is not known" in long
    assert len(far) < 200
