"""Play, step and reset through the months of a run."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SPEEDS", "Clock"]

#: Months a second.
SPEEDS = (1, 2, 4, 8)


@dataclass
class Clock:
    """Which month is shown, and whether it moves on by itself.

    Parameters
    ----------
    n_months : months of the run.
    month : the month shown, from 0.
    is_playing : whether it moves on with :meth:`tick`.
    """

    n_months: int
    month: int = 0
    is_playing: bool = False

    @property
    def last(self) -> int:
        """The last month."""
        return self.n_months - 1

    def go(self, month: int) -> None:
        """Show a month, the nearest there is."""
        self.month = min(max(month, 0), self.last)

    def step(self, by: int = 1) -> None:
        """Stop, and go so many months on."""
        self.is_playing = False
        self.go(self.month + by)

    def play(self) -> None:
        """Move on from here; from the first month if the last is shown."""
        if self.month >= self.last:
            self.month = 0
        self.is_playing = self.last > 0

    def pause(self) -> None:
        """Stay at the month shown."""
        self.is_playing = False

    def reset(self) -> None:
        """Stop, and show the first month; nothing else is forgotten."""
        self.is_playing, self.month = False, 0

    def tick(self) -> None:
        """One month on while playing; stop at the last."""
        if self.is_playing:
            self.go(self.month + 1)
            self.is_playing = self.month < self.last
