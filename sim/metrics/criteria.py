"""The thresholds of the definitions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Protocol

__all__ = ["REPORT_2015", "Criteria"]


class _ByName(Protocol):
    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Criteria:
    """Thresholds of Taobao village, town and cluster; every one is met by the value itself.

    Parameters
    ----------
    sales_min_yuan : online sales of a village over the last 12 months, yuan.
    shops_min : active shops of a village.
    household_share_min : active shops per household of a village, the alternative to ``shops_min``.
    town_villages_min : Taobao villages in a Taobao town.
    cluster_villages_min, large_cluster_villages_min : Taobao villages in a cluster, in a large one.
    cluster_sales_min_yuan : online sales of a cluster's Taobao villages together, yuan.
    """

    sales_min_yuan: float
    shops_min: int
    household_share_min: float
    town_villages_min: int
    cluster_villages_min: int
    large_cluster_villages_min: int
    cluster_sales_min_yuan: float

    @classmethod
    def from_values(cls, values: _ByName) -> Criteria:
        """Read ``recognition.<field>`` for each field, from settings in force or any mapping by name."""
        return cls(**{field.name: values[f"recognition.{field.name}"] for field in fields(cls)})


REPORT_2015: Final = Criteria(
    sales_min_yuan=10_000_000.0,
    shops_min=100,
    household_share_min=0.1,
    town_villages_min=3,
    cluster_villages_min=10,
    large_cluster_villages_min=30,
    cluster_sales_min_yuan=100_000_000.0,
)
"""The definitions under which the lists of 2014 and 2015 were made (facts F001 to F003 and F005 to F008)."""
