"""The picture of the dashboard in the documentation, made anew from the present defaults.

It is left in ``build/browser/docs-dashboard.png``, to be looked at and copied to ``docs/images/dashboard.png``.
"""

from __future__ import annotations

import pytest

from tests.architecture.source import ROOT
from tests.browser.conftest import opened, serving

pytestmark = pytest.mark.long
#: A page of 1360 by 1300, at the scale in which it stands in the documentation.
LOOK = {"viewport": {"width": 1360, "height": 1300}, "device_scale_factor": 0.8}


def test_the_picture_shows_what_its_words_say(chromium, artefacts):
    with serving("scenarios/cao-county.yaml") as address:
        seen = opened(chromium, address, **LOOK)
        handle = seen.page.locator(".knob-logistics-parcel_cost .noUi-handle")
        handle.focus()
        for _ in range(10):
            handle.press("ArrowLeft")
        seen.page.locator(".choice", has_text="logistics.parcel_cost 10 → 9 yuan per parcel").wait_for()
        seen.page.locator(".stale").wait_for(state="detached")
        seen.page.get_by_text("computed in").wait_for()
        seen.page.screenshot(path=artefacts / "docs-dashboard.png")
        assert seen.page.locator("h1").inner_text() == "Cao County, Shandong, 2009 to 2015"
        seen.page.close()
    assert seen.foreign == []
    words = (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
    assert "![The dashboard with Cao County, parcels at 9 instead of 10 yuan](images/dashboard.png)" in words
