"""When a village met which criterion: shops month by month, sales and recognition each December."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.metrics.recognition import taobao_village_mask
from sim.results.tables import Columns
from sim.results.teachers import run_months
from sim.scenario.months import format_month

if TYPE_CHECKING:
    from sim.results.result import RunResult
    from sim.scenario import Scenario

__all__ = ["criteria_met", "decembers", "shops_by_month"]

Rows = NDArray[np.int64]


def shops_by_month(result: RunResult, mine: Rows, closed: Rows) -> Rows:
    """Active shops at the end of each month of the run, (M,)."""
    scenario, n = result.scenario, result.scenario.n_months
    opened = np.bincount(run_months(scenario, result.columns("events")["month"][mine]), minlength=n)
    ended = np.bincount(run_months(scenario, result.columns("closings")["month"][closed]), minlength=n)
    return np.cumsum(opened - ended)


def criteria_met(result: RunResult, place: int, mine: Rows, closed: Rows) -> dict[str, Any]:
    """When it first met each criterion: shops by month, those of incoming merchants, sales and recognition in
    Decembers.
    """
    scenario, table = result.scenario, result.columns("villages")
    shops = shops_by_month(result, mine, closed)
    households = int(result.world.villages.households[place])
    needed = np.array([_shops_needed(scenario, month, households) for month in range(shops.size)])
    rows = np.flatnonzero(table["village"] == place)
    if "incoming_shops" in table:  # recorded in Decembers
        in_december = 12 * table["year"][rows].astype(np.int64) + 11 - scenario.start
        shops[in_december] += table["incoming_shops"][rows]
    enough = np.flatnonzero(shops >= needed)
    last = scenario.settings(scenario.end).recognition
    selling = rows[[_sells_enough(scenario, table, row) for row in rows.tolist()]] if rows.size else rows
    recognised = rows[table["recognised"][rows]]
    return {
        "shops_needed": int(needed[-1]),
        "enough_shops_since": format_month(scenario.start + int(enough[0])) if enough.size else None,
        "sales_needed_yuan": float(last.sales_min_yuan),
        "enough_sales_in": int(table["year"][selling[0]]) if selling.size else None,
        "recognised_in": [int(year) for year in table["year"][recognised]],
    }


def _shops_needed(scenario: Scenario, month: int, households: int) -> int:
    """The smallest number of shops that is enough, by the definition itself."""
    own = scenario.settings(scenario.start + month).recognition
    shops = np.arange(int(own.shops_min) + 1)
    enough = taobao_village_mask(
        np.full(shops.size, np.inf),
        shops,
        np.full(shops.size, households),
        sales_min_yuan=own.sales_min_yuan,
        shops_min=own.shops_min,
        household_share_min=own.household_share_min,
    )
    return int(np.argmax(enough))


def _sells_enough(scenario: Scenario, table: Columns, row: int) -> bool:
    own = scenario.settings(12 * int(table["year"][row]) + 11).recognition
    return bool(table["online_sales_yuan"][row] >= own.sales_min_yuan)


def decembers(result: RunResult, place: int) -> list[dict[str, Any]]:
    """What the village was each December in which it is in the table of villages."""
    table = result.columns("villages")
    return [
        {
            "year": int(table["year"][row]),
            "shops": int(table["shops"][row]),
            **({"incoming_shops": int(table["incoming_shops"][row])} if "incoming_shops" in table else {}),
            "online_sales_yuan": round(float(table["online_sales_yuan"][row])),
            "recognised": bool(table["recognised"][row]),
        }
        for row in np.flatnonzero(table["village"] == place).tolist()
    ]
