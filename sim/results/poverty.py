"""Poverty in a run: Taobao villages in poor counties, and households that shops bring above the line."""

from __future__ import annotations

import numpy as np

from sim.data import counties
from sim.metrics.poverty import households_lifted, observed_poverty_villages, poverty_villages
from sim.results.comparison import december_years
from sim.results.tables import Columns
from sim.scenario import Scenario

__all__ = ["poverty_table"]


def poverty_table(scenario: Scenario, villages: Columns) -> Columns:
    """One row a December: Taobao villages in poor counties, and households that their shops bring above the line.

    Parameters
    ----------
    villages : the yearly village table.

    Notes
    -----
    ``simulated`` and, for all of China, ``observed`` count the villages: the published lists hold 4 and 10 of them
    (F051, F052); an invented world has no poor counties. ``households_lifted`` are those of all villages with
    shops, expected under ``poverty.*`` of the parameter table, whose values are assumptions: the report tells of
    810 households of Daji in 2014 (F167).
    """
    last = scenario.settings(scenario.end)
    lifted = households_lifted(
        villages["shops"],
        villages["online_sales_yuan"],
        poor_share=last.poverty.poor_share,
        margin=last.poverty.margin,
        gap_yuan=last.poverty.gap,
        size_sd=last.market.size_sd,
    )
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
        "households_lifted": np.array([lifted[villages["year"] == year].sum() for year in years], np.float64),
    }
