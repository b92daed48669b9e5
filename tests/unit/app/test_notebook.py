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
from panel.io.state import set_curdoc
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
    return document


def settle(page):
    until = time.monotonic() + 600
    while page.is_busy and time.monotonic() < until:
        page.tick()
        time.sleep(0.005)


def use(page):
    """What a reader does, and words and figures that follow from it."""
    page.controls.widgets["logistics.parcel_cost"].value = 5.0
    settle(page)
    page.bar.to_first()
    page.bar.step()
    page.controls.add.value = "market.novice_share"
    page.controls.switches["skynet"].value = True  # told to be a mistake
    settle(page)
    page.village.picker.value = "2"
    settle(page)


@pytest.fixture(scope="module")
def talk(small):
    """What passes between a page and the browser: until it is there, until the first run is shown, and later."""

    async def look():
        page, comm = Dashboard(small, shelf=ResultShelf()), Overheard()
        document = shown(page, comm)
        before = (page.is_busy, page.results, len(comm.sent))
        page.hanzi.is_there = True
        settle(page)
        first = len(comm.sent)
        with set_curdoc(document):  # as what the browser asks for is answered
            use(page)
        page.close()
        texts = [
            [each for each in part if isinstance(each, str)] for part in (comm.sent[:first], comm.sent[first:])
        ]
        return before, page, *texts

    with pytest.MonkeyPatch.context() as patch, pn.config.set(inline=True):
        patch.setattr(village, "tell", lambda *_, **__: Told("", b""))
        yield asyncio.run(look())


def test_nothing_is_computed_before_the_browser_has_the_page(talk):
    before, page, *_ = talk
    assert before == (False, None, 0)
    assert page.results is not None


def test_nothing_that_is_sent_later_names_another_machine(talk):
    _, page, first, later = talk
    assert any("computed in" in text for text in first)
    assert sum('"Figure"' in text for text in first) >= len((*page.parts.maps, *page.parts.curves))
    assert any("guidance" in text for text in later)
    assert [url for text in (*first, *later) for url in re.findall(r"https?://[^\"]+|[^\"]+\.css\b", text)] == []
