"""The page in a notebook: it waits to be shown, and what it says then names no other machine."""

from __future__ import annotations

import asyncio
import json
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
    """Show the page as a notebook does; the document it is shown in."""
    document = Document()
    with set_resource_mode("inline"):
        root = page.__panel__()._render_model(document, comm)
    for model in root.select({"type": UIElement}):
        patch_inline_stylesheets(model)
    add_to_doc(root, document, hold=True)
    return document


def known_to(told, known):
    """Add the models that a message makes known; give those it takes for known and that are not."""
    if isinstance(told, list):
        return [each for part in told for each in known_to(part, known)]
    if not isinstance(told, dict):
        return []
    if set(told) == {"id"}:
        return [] if told["id"] in known else [told["id"]]
    lost = [each for part in told.values() for each in known_to(part, known)]
    if "id" in told:
        known.add(told["id"])
    return lost


@pytest.fixture(scope="module")
def talk(small):
    """What passes between a page and the browser until the first run is shown: before, and after it is there."""

    async def look():
        page, comm = Dashboard(small, shelf=ResultShelf()), Overheard()
        document = shown(page, comm)
        known = set()
        assert known_to(document.to_json().content, known) == []
        before = (page.is_busy, page.results, len(comm.sent))
        page.hanzi.is_there = True
        until = time.monotonic() + 600
        while page.is_busy and time.monotonic() < until:
            page.tick()
            time.sleep(0.005)
        page.close()
        return before, page, comm.sent, known

    with pytest.MonkeyPatch.context() as patch, pn.config.set(inline=True):
        patch.setattr(village, "tell", lambda *_, **__: Told("", b""))
        yield asyncio.run(look())


def test_nothing_is_computed_before_the_browser_has_the_page(talk):
    before, page, _, _ = talk
    assert before == (False, None, 0)
    assert page.results is not None


def test_what_is_sent_later_names_no_other_machine(talk):
    _, page, sent, _ = talk
    texts = [each for each in sent if isinstance(each, str)]
    assert any("computed in" in text for text in texts)
    assert sum('"Figure"' in text for text in texts) >= len((*page._map_places, *page._curve_places))
    assert [text[:200] for text in texts if "https://" in text or "http://" in text] == []


def test_every_model_it_speaks_of_is_known_to_the_browser(talk):
    _, _, sent, known = talk
    messages = [json.loads(each) for each in sent if isinstance(each, str) and '"events"' in each]
    assert len(messages) > 5
    for message in messages:
        assert known_to(message["events"], known) == []
