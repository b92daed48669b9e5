"""``costs:`` of a scenario file: what a policy costs, stated by its author, for comparisons only.

It is no part of what a run simulates, so it does not enter the fingerprint.
"""

from __future__ import annotations

import math
import numbers
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema, model_validator

from sim.scenario.fields import Month, Part, Text, custom_error, reader
from sim.scenario.months import format_month
from sim.scenario.values import NotAllowedError, number_text

__all__ = ["OUTLAYS", "PRICES", "Costs"]

_LARGEST_YUAN: Final = 1e15
_WANTED: Final = "a number from 0 to 1e15 (yuan)"
#: Prices of things: they hold in every scenario of a comparison, whoever states them.
PRICES: Final = ("county_center_yuan", "station_yuan", "station_month_yuan", "partner_month_yuan")
#: What this scenario pays and another need not.
OUTLAYS: Final = ("parcel_yuan", "opened_shop_yuan", "lump_sum_yuan")


def _read_amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise NotAllowedError.of(value, _WANTED)
    try:
        amount = float(value)
    except OverflowError:
        raise NotAllowedError.of(value, _WANTED) from None
    if not math.isfinite(amount) or not 0.0 <= amount <= _LARGEST_YUAN:
        raise NotAllowedError.of(value, _WANTED)
    return amount + 0.0


def _read_source(value: Any) -> str:
    wanted = "a text that says where the costs come from"
    if not isinstance(value, str) or not value.strip():
        raise NotAllowedError.of(value, wanted, "write source: assumption, if they are one")
    return value.strip()


_Amount = Annotated[
    float | None,
    reader(_read_amount),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": _LARGEST_YUAN, "x-unit": "yuan"}),
]


def _amount(words: str) -> Any:
    return Field(default=None, description=words)


class Costs(Part):
    """What things cost, in yuan of their day, not discounted.

    Parameters
    ----------
    source : where the amounts come from, or "assumption: ...".
    from_ : month from which costs are counted; the whole run by default.
    county_center_yuan, station_yuan : of each one opened. station_month_yuan, partner_month_yuan : of each
        station and each partner of model 2.0, a month.
    parcel_yuan : subsidy of each parcel sent. opened_shop_yuan : grant for each shop opened.
    lump_sum_yuan : once.
    """

    source: Annotated[Text, reader(_read_source)]
    from_: Annotated[Month | None, Field(alias="from", default=None, description="Month costs are counted from.")]
    county_center_yuan: _Amount = _amount("Yuan for each county center opened.")
    station_yuan: _Amount = _amount("Yuan for each village station opened.")
    station_month_yuan: _Amount = _amount("Yuan for each village station and month.")
    partner_month_yuan: _Amount = _amount("Yuan for each partner of model 2.0 and month, such as training.")
    parcel_yuan: _Amount = _amount("Yuan for each parcel sent: a subsidy.")
    opened_shop_yuan: _Amount = _amount("Yuan for each shop opened: a grant.")
    lump_sum_yuan: _Amount = _amount("Yuan once.")

    @model_validator(mode="after")
    def _something(self) -> Costs:
        if not self.amounts():
            names = ", ".join((*PRICES, *OUTLAYS))
            raise custom_error(NotAllowedError(f"found no amount, allowed is at least one of {names}"))
        return self

    def amounts(self) -> dict[str, float]:
        """The amounts stated, in yuan."""
        given = {name: getattr(self, name) for name in (*PRICES, *OUTLAYS)}
        return {name: value for name, value in given.items() if value is not None}

    def to_mapping(self) -> dict[str, Any]:
        """The same as a file would say it."""
        first = {} if self.from_ is None else {"from": format_month(self.from_)}
        return {"source": self.source, **first, **self.amounts()}

    def __str__(self) -> str:
        amounts = [
            f"{name.removesuffix('_yuan')} {number_text(value)} yuan" for name, value in self.amounts().items()
        ]
        return f"{', '.join(amounts)} ({self.source})"
