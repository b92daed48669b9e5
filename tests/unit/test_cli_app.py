"""``hinterland app``: what it refuses, warns of and hands to the server."""

from __future__ import annotations

import socket

import pytest
from typer.testing import CliRunner

from sim.app import extra, server
from sim.cli import app

SCENARIO = (
    "name: tiny\ntitle: A tiny world\nstart: 2009-01\nend: 2009-03\nhistory_seed: 3\n"
    "region: {synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}}\n"
)


@pytest.fixture
def served(tmp_path, monkeypatch):
    """What would be served, as keyword arguments."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(SCENARIO + "adoption: {imitatoin: 1}\n", encoding="utf-8")
    calls = []
    monkeypatch.setattr(server.pn, "serve", lambda pages, **options: calls.append({"pages": pages, **options}))
    return calls


def run(*arguments: str):
    return CliRunner().invoke(app, ["app", *arguments])


def test_it_listens_on_this_machine_alone(served):
    done = run("tiny.yaml", "--port", "5999", "--no-browser", "--seed", "4")
    assert done.exit_code == 0, done.stderr
    assert "http://127.0.0.1:5999" in done.stdout
    assert done.stderr == ""
    assert served[0]["address"] == "127.0.0.1"
    assert served[0]["websocket_origin"] == ["localhost:5999", "127.0.0.1:5999"]
    assert served[0]["show"] is False
    assert served[0]["title"] == "A tiny world · Hinterland"


def test_quiet_prints_the_address_alone(served):
    assert run("tiny.yaml", "--port", "5999", "--no-browser").stdout.endswith(":5999  (Ctrl-C ends it)\n")
    assert run("tiny.yaml", "--port", "5999", "--no-browser", "--quiet").stdout == "http://127.0.0.1:5999\n"
    assert len(served) == 2


def test_another_address_is_warned_of(served, monkeypatch):
    monkeypatch.setattr(server, "check_free", lambda *_: None)
    done = run("tiny.yaml", "--address", "192.0.2.7", "--port", "80", "--origin", "sim.example.org:443")
    assert done.exit_code == 0
    assert "whoever reaches this machine can use the page" in done.stderr
    assert served[0]["websocket_origin"] == [
        "localhost:80",
        "127.0.0.1:80",
        "192.0.2.7:80",
        "sim.example.org:443",
    ]
    assert served[0]["show"] is True


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("x", False),
    ],
)
def test_which_addresses_are_this_machines_alone(address, here):
    assert server.is_loopback(address) is here


def test_a_busy_port_is_told(served):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("tiny.yaml", "--port", str(port), "--no-browser")
    assert done.exit_code == 2
    assert f"--port {port}: found in use by another program; choose another" in done.stderr
    assert served == []


def test_an_address_of_another_machine_is_told(served):
    done = run("tiny.yaml", "--address", "192.0.2.7", "--no-browser")
    assert done.exit_code == 2
    assert "--address 192.0.2.7" in done.stderr
    assert "allowed is an address of this machine" in done.stderr
    assert served == []


def test_a_mistake_in_the_scenario_is_told_as_for_a_run(served):
    done = run("bad.yaml", "--no-browser")
    assert done.exit_code == 2
    assert "bad.yaml:7:12" in done.stderr
    assert "imitation" in done.stderr
    assert served == []


def test_an_unknown_county_is_told_without_building_a_world(served, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.world.world._build", None)
    text = SCENARIO.replace("synthetic: {villages: 8, households_per_village: 50, towns: 2, counties: 1}", "%s")
    (tmp_path / "nowhere.yaml").write_text(text % "counties: [Nowhereland]", encoding="utf-8")
    done = run("nowhere.yaml", "--no-browser")
    assert done.exit_code == 2
    assert "nowhere.yaml:6:" in done.stderr
    assert served == []
    assert run("tiny.yaml", "--no-browser").exit_code == 0


def test_the_missing_extra_is_told(served, monkeypatch):
    monkeypatch.setattr(extra, "find_spec", lambda _: None)
    done = run("tiny.yaml", "--no-browser")
    assert done.exit_code == 2
    assert "pip install --editable '.[dashboard]'" in done.stderr
    assert served == []
