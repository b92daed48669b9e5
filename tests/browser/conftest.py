"""A dashboard served by the real command, and a real Chromium without a network to look at it.

Chromium is the system's own (Debian: the package ``chromium``); nothing is downloaded. Where there is none the
tests are skipped, unless HINTERLAND_REQUIRE_BROWSER=1 says that there must be one.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.architecture.source import ROOT
from tests.not_here import BROWSER, not_here

WINDOW = {"width": 1360, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Names are not resolved, but for this machine.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
START_SECONDS = 300  # the first run of all may compile, and the machine be busy


@dataclass
class Seen:
    """A page, and what it and its workers asked for and complained of."""

    page: object
    base: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(self.base)

    @property
    def foreign(self) -> list[str]:
        """Requests that went to another server than the page's own, on whatever machine."""
        server = urlsplit(self.base).netloc
        asked = [(url, urlsplit(url.removeprefix("blob:"))) for url in self.requests]
        return [url for url, parts in asked if parts.scheme != "data" and parts.netloc != server]

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def chromium():
    """A running Chromium, driven by Playwright, whose event loop runs in this thread until it is closed.

    So not for the whole session: what is tested in the same process later must find no loop running.
    """
    found = os.environ.get("HINTERLAND_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        not_here(BROWSER, f"none of {', '.join(NAMES)} is installed (Debian: apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        not_here(BROWSER, "playwright is not installed: pip install -e '.[dev]'")
    asked = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"], capture_output=True, text=True, check=False
    )
    if asked.returncode != 0:
        why = asked.stderr.strip().rpartition("/")[2]
        not_here(BROWSER, f"Playwright's driver does not start: {why} (Debian: apt-get install libatomic1)")
    with sync_playwright() as driver:
        flags = [OFFLINE, "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = driver.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(scenario: str) -> Iterator[str]:
    """Address of a dashboard of a scenario, served by the command."""
    address = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "sim", "app", scenario, "--no-browser"]
    with subprocess.Popen([*command, "--port", address.rsplit(":", 1)[1]], cwd=ROOT) as server:
        try:
            wait_for(f"{address}/static/js/bokeh.min.js", server)
            yield address
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def served(chromium):  # noqa: ARG001  # no server where there is no browser
    with serving("scenarios/teaching-village.yaml") as address:
        yield address


def wait_for(url: str, server: subprocess.Popen) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no answer from {url}; exit status {server.poll()}")


def opened(chromium, address: str, **look) -> Seen:
    """The page of a dashboard, with its first results; ``look`` goes to Playwright: the size of the window."""
    page = chromium.new_page(**look)
    page.set_default_timeout(120_000)
    seen = Seen(page, address)
    seen.open()
    page.get_by_text("computed in").wait_for(timeout=1000 * START_SECONDS)
    page.locator("canvas").nth(3).wait_for()  # two maps, two curves
    return seen


@pytest.fixture(scope="module")
def seen(chromium, served):
    """A page in which nothing is chosen: what tests leave in it must not matter to others."""
    seen = opened(chromium, served, viewport=WINDOW)
    yield seen
    seen.page.close()


@pytest.fixture
def fresh(chromium, served):
    """A page of its own, for a test that chooses or plays."""
    fresh = opened(chromium, served, viewport=WINDOW)
    yield fresh
    fresh.page.close()


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Folder for what a person may want to look at after the tests."""
    folder = ROOT / "build" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
