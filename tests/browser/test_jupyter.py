"""The dashboard in JupyterLab, in a real browser without a network: it shows itself, answers, survives a reload.

Needs what ``pip install -e '.[dev,notebooks]'`` brings; where JupyterLab is missing the test is skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.architecture.source import ROOT
from tests.browser.conftest import Seen, free_port, wait_for
from tests.not_here import BROWSER, not_here

pytestmark = pytest.mark.long
SHIPPED = ROOT / "scenarios" / "teaching-village.yaml"
BOOK = {
    "cells": [
        {
            "cell_type": "code",
            "id": "dashboard",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": f"import sim\nsim.dashboard({str(SHIPPED)!r})",
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
PATIENCE_MS = 300_000


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):  # noqa: ARG001  # no server where there is no browser
    """Address of a JupyterLab of its own with one notebook; it reads and writes no settings of the reader's."""
    if find_spec("jupyterlab") is None:
        not_here(BROWSER, "jupyterlab is not installed: pip install -e '.[dev,notebooks]'")
    folder = tmp_path_factory.mktemp("lab")
    (folder / "book.ipynb").write_text(json.dumps(BOOK), encoding="utf-8")
    address = f"http://127.0.0.1:{free_port()}"
    own = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port-retries=0"]
    options = ["--port", address.rsplit(":", 1)[1], "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    root = ["--allow-root"] if os.geteuid() == 0 else []
    environment = os.environ | own | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*command, *options, *root], env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"{address}/api", server)
            yield address
        finally:
            server.terminate()


def run_the_cell(chromium, lab):
    """A new page on the notebook whose cell was run, with the first results."""
    page = chromium.new_page(viewport={"width": 1500, "height": 1400})
    page.set_default_timeout(PATIENCE_MS)
    seen = Seen(page, f"{lab}/lab/tree/book.ipynb?reset")
    seen.open()
    seen.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    seen.page.locator(".jp-CodeCell .cm-content").first.click()
    seen.page.keyboard.press("Shift+Enter")
    seen.page.get_by_text("computed in").wait_for()
    seen.page.locator("canvas").nth(3).wait_for()  # two maps, two curves
    return seen


def shops(seen):
    """Active shops, baseline and changed policy."""
    return seen.page.locator("table.numbers tr:has(th:text-matches('^active shops')) td").all_inner_texts()[:2]


def test_the_dashboard_in_jupyterlab(chromium, lab, artefacts):
    seen = run_the_cell(chromium, lab)
    page, before = seen.page, shops(seen)
    assert before[0] == before[1] != ""
    handle = page.locator(".knob-logistics-parcel_cost .noUi-handle")
    handle.focus()
    for _ in range(8):
        handle.press("ArrowLeft")
    page.locator(".choice", has_text="logistics.parcel_cost 10 → 9.2 yuan per parcel").wait_for()
    page.locator(".stale").wait_for(state="detached")  # "not computed yet"
    page.get_by_text("computed in").wait_for()
    page.screenshot(path=artefacts / "jupyter.png")
    baseline, policy = (int(text.replace(",", "")) for text in shops(seen))
    assert before[0] == f"{baseline:,}"
    assert policy > baseline  # cheaper parcels

    page.get_by_role("button", name="Reset", exact=True).click()
    page.locator(".month", has_text="2009-01").wait_for()
    page.get_by_role("button", name="▶ Play", exact=True).click()
    page.locator(".month").filter(has_not_text="2009-01").wait_for()

    page.close()
    again = run_the_cell(chromium, lab)  # the kernel lives on, the new page knows nothing of what the old one had
    assert shops(again) == before
    again.page.close()
    assert any(url.startswith("ws://") for url in again.requests)
    assert seen.foreign + again.foreign == []
    assert [text for text in seen.complaints + again.complaints if "reference" in text] == []
