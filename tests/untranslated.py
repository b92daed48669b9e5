"""English words of figures and reports for which no Chinese ones stand in the table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sim.plotting import language
from sim.plotting.language import speaking, words


class Watched(dict):
    """The words, and what was asked for in vain."""

    def __init__(self):
        super().__init__(words())
        self.missing = set()

    def get(self, key, default=None):
        if key not in self and any(letter.isalpha() and letter.isascii() for letter in key):
            self.missing.add(key)
        return super().get(key, default)


@contextmanager
def untranslated(monkeypatch) -> Iterator[set[str]]:
    """What is drawn within is Chinese as far as the table goes; gives what it lacks."""
    watched = Watched()
    monkeypatch.setattr(language, "words", lambda: watched)
    with speaking("zh", drawn=False):  # drawn on no page, so that no font is needed
        yield watched.missing
