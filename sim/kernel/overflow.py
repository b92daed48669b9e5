"""Numbers no history can hold: a run that reaches them is given up instead of going on with infinities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.errors import RunError
from sim.scenario import format_month

if TYPE_CHECKING:
    from sim.kernel.run import Floats, Run

__all__ = ["LARGEST_HAZARD", "LARGEST_LOG_RATIO", "LARGEST_SALES_YUAN", "refuse_beyond"]

#: Beyond this log hazard ratio everybody opens at once who can at all; single precision ends at 88.
LARGEST_LOG_RATIO: Final = 60.0
#: The same for a hazard per month.
LARGEST_HAZARD: Final = 1e26
#: Sales of one village in one month that single precision still adds up over a year.
LARGEST_SALES_YUAN: Final = 1e30


def refuse_beyond(run: Run, what: str, values: Floats, largest: float) -> None:
    """Give the run up where one of ``values`` is larger than ``largest``, or no number.

    Raises
    ------
    RunError : says the month, what has grown too large, and to what.
    """
    worst = values.max(initial=0.0)
    if worst <= largest:
        return
    message = (
        f"in {format_month(run.month)} {what} comes to {worst:g}, and beyond {largest:g} a history means nothing; "
        "several values of the scenario lie at the ends of their ranges at once: move them towards their defaults"
    )
    raise RunError(message)
