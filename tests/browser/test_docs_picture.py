"""The picture of the dashboard in the documentation, made anew from the present defaults.

It is left in ``build/browser/docs-dashboard.png``, to be looked at and copied to ``docs/images/dashboard.png``.
"""

from __future__ import annotations

import pytest
from PIL import Image

from tests.architecture.source import ROOT
from tests.browser.conftest import opened, serving

pytestmark = pytest.mark.long
SHOWN = ROOT / "docs" / "images" / "dashboard.png"
COLOURS = 64  # enough for a page of plain colours, at half the bytes


def test_the_picture_shows_what_its_words_say(chromium, artefacts):
    with Image.open(SHOWN) as before:
        size = dict(zip(("width", "height"), before.size, strict=True))
    with serving("scenarios/cao-county.yaml") as address:
        seen = opened(chromium, address, viewport=size)
        handle = seen.page.locator(".knob-logistics-parcel_cost .noUi-handle")
        handle.focus()
        for _ in range(10):
            handle.press("ArrowLeft")
        seen.page.locator(".choice", has_text="logistics.parcel_cost 10 → 9 yuan per parcel").wait_for()
        seen.page.locator(".stale").wait_for(state="detached")
        seen.page.get_by_text("computed in").wait_for()
        taken = artefacts / "docs-dashboard.png"
        seen.page.screenshot(path=taken)
        assert seen.page.locator("h1").inner_text() == "Cao County, Shandong, 2009 to 2015"
        seen.page.close()
    with Image.open(taken) as picture:
        few = picture.convert("RGB").quantize(COLOURS)
    few.save(taken, optimize=True)
    assert seen.foreign == []
    words = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
    assert "![The dashboard with Cao County, parcels at 9 instead of 10 yuan](images/dashboard.png)" in words
