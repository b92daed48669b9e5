"""The page in a notebook: it waits to be shown, and what is told later brings its style sheets along."""

from __future__ import annotations

import asyncio
import re
import time

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import UIElement
from panel.io.model import add_to_doc
from panel.io.notebook import patch_inline_stylesheets
from panel.io.resources import set_resource_mode
from pyviz_comms import Comm

from sim.app import village
from sim.app.page import Dashboard
from sim.app.running import ResultShelf
from sim.app.stories import Told


class Overheard(Comm):
    """The way to a browser, open; what was sent."""

    def __init__(self):
        super().__init__()
        self._comm = True
        self.sent = []

    def send(self, data=None, metadata=None, buffers=()):  # noqa: ARG002
        self.sent.append(data)


def shown(page, comm):
    """Show the page as a notebook does."""
    document = Document()
    with set_resource_mode("inline"):
        root = page.__panel__()._render_model(document, comm)
    for model in root.select({"type": UIElement}):
        patch_inline_stylesheets(model)
    add_to_doc(root, document, hold=True)


@pytest.fixture(scope="module")
def talk(small):
    """What passes between a page and the browser until the first run is shown: before, and after it is there."""

    async def look():
        page, comm = Dashboard(small, shelf=ResultShelf()), Overheard()
        shown(page, comm)
        before = (page.is_busy, page.results, len(comm.sent))
        page.hanzi.is_there = True
        until = time.monotonic() + 600
        while page.is_busy and time.monotonic() < until:
            page.tick()
            time.sleep(0.005)
        page.close()
        return before, page, comm.sent

    with pytest.MonkeyPatch.context() as patch, pn.config.set(inline=True):
        patch.setattr(village, "tell", lambda *_, **__: Told("", b""))
        yield asyncio.run(look())


def test_nothing_is_computed_before_the_browser_has_the_page(talk):
    before, page, _ = talk
    assert before == (False, None, 0)
    assert page.results is not None


def test_what_is_sent_later_names_another_machine_for_one_style_sheet_only(talk):
    _, page, sent = talk
    texts = [each for each in sent if isinstance(each, str)]
    assert any("computed in" in text for text in texts)
    assert sum('"Figure"' in text for text in texts) >= len((*page._map_places, *page._curve_places))
    named = [url for text in texts for url in re.findall(r"https?://[^\"?]+", text)]
    assert {url.rsplit("/", 1)[-1] for url in named} <= {"loading.css"}
