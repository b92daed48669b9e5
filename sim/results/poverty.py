"""Taobao villages of a run in the counties of the national list of poor counties."""

from __future__ import annotations

import numpy as np

from sim.data import counties
from sim.metrics.poverty import observed_poverty_villages, poverty_villages
from sim.results.comparison import december_years
from sim.results.tables import Columns
from sim.scenario import Scenario

__all__ = ["poverty_table"]


def poverty_table(scenario: Scenario, villages: Columns) -> Columns:
    """One row a December: Taobao villages in poor counties, and in all of China those of the lists.

    Parameters
    ----------
    villages : the yearly village table.

    Notes
    -----
    The published lists hold 4 and 10 such villages (F051, F052). An invented world has no poor counties.
    """
    years = december_years(scenario)
    poor_codes = counties().adcode[counties().national_poverty]
    is_poor = np.isin(villages["county"], poor_codes) & (scenario.region.kind != "synthetic")
    masks = {year: villages["recognised"] & (villages["year"] == year) for year in years}
    simulated = poverty_villages(masks, is_poor)
    observed = observed_poverty_villages() if scenario.region.kind == "china" else {}
    return {
        "year": np.array(years, np.int16),
        "simulated": np.array([simulated[year] for year in years], np.int64),
        "observed": np.array([observed.get(year, np.nan) for year in years], np.float64),
    }
