"""The dashboard: a scenario and a changed policy on the same luck, side by side in the browser.

``sim.dashboard(scenario)`` in a notebook, ``hinterland app SCENARIO`` from the shell. Panel (the extra
``dashboard``) is loaded when one is asked for.

============  =======================================================================
file          what it holds
============  =======================================================================
knobs         which values can be moved, how far, in what words (from the table)
choice        what somebody chose, and the scenario that follows from it
running       runs in the background: progress, giving up, results kept
months        what a result says of one month
names         names of places as the reader's browser can show them
controls      knobs as sliders, switches and fields
numbers       the table of numbers beside the observed ones
maps          both maps
growth        both growth curves
stories       the story of one village
village       where it is chosen and told
look          the style sheet
layout        what stands where
hanzi         what the browser says: that it has the page, and whether it shows Chinese characters
clock, bar    play, step, reset
ticker        what calls the page while something goes on
page          all of it together
server        the page behind an address
notebook      the page in a notebook
extra         what to say where Panel is missing
============  =======================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["dashboard"]


def dashboard(scenario: Scenario | str | PathLike[str] | Mapping[str, Any], *, seed: int | None = None) -> Any:
    """A page in which a scenario is run, changed and looked at month by month.

    Parameters
    ----------
    scenario : a scenario, the path of its file, or the mapping a file would hold.
    seed : history seed in place of the scenario's.

    Returns
    -------
    The page: shows itself as the last line of a notebook cell; ``.servable()`` and ``.view`` are Panel's.

    Raises
    ------
    ScenarioError : the scenario is not valid, or names unknown places.
    ImportError : the extra ``dashboard`` is not installed.
    """
    from sim.app.extra import require_panel

    require_panel()
    from sim.app.notebook import load_in_notebook
    from sim.app.page import Dashboard
    from sim.runner import scenario_of

    load_in_notebook()
    return Dashboard(scenario_of(scenario, seed))
