"""Simulate and recover: whether intervals hold the truth as often as they say, and which parameters they find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.emulator import Emulator, emulate
from sim.calibration.evidence import Evidence, evidence_of
from sim.calibration.sampling import sampled
from sim.calibration.targets import Target
from sim.streams import normal, stream_key

if TYPE_CHECKING:
    import pandas as pd

    from sim.calibration.fit import Table

__all__ = ["LEVELS", "Recovery", "caution", "crps", "recover"]

Array = NDArray[np.float64]
#: Levels of the intervals that are checked.
LEVELS = (0.5, 0.9)
_PARTS = 5
_NEAREST = 0.5
#: Steps of the chains for one truth, relative to those of a posterior; draws that a score is made from.
_EFFORT, _FEW = 0.2, 400
#: Factors that are tried, truths for each, and the share that 90 % intervals must hold, give or take chance.
_FACTORS, _TRIED, _ENOUGH = (1.0, 1.3, 1.6, 2.0, 2.5), 60, 0.88


@dataclass(frozen=True, eq=False)
class Truth:
    """One simulation taken as if it were the facts.

    Parameters
    ----------
    shares : (D,) its parameters, as shares of the prior. seen : the facts in which it stands for them.
    emulator : taught by simulations of the other parts alone.
    """

    shares: Array
    seen: Evidence
    emulator: Emulator


@dataclass(frozen=True, eq=False)
class Recovery:
    """What recovering known values gave.

    Parameters
    ----------
    names : of D parameters. truth, middle : (K, D) values and medians, as shares of the prior.
    held : by level, (K, D) whether the central interval held the truth. crps : (K, D), in prior widths.
    """

    names: tuple[str, ...]
    truth: Array
    middle: Array
    held: dict[float, NDArray[np.bool_]]
    crps: Array

    @property
    def n(self) -> int:
        """Number of truths."""
        return len(self.truth)

    @property
    def table(self) -> pd.DataFrame:
        """One row a parameter: coverage by level, correlation of medians with truths, score beside the prior's.

        ``skill`` is 1 less the continuous ranked probability score relative to that of the prior: 0 is a posterior
        no better than that, 1 perfect knowledge.
        """
        import pandas as pd

        unknown = _crps_of_prior(self.truth)
        rows = [
            {
                "parameter": name,
                **{
                    f"cover_{level:.0%}".rstrip("%"): float(self.held[level][:, column].mean()) for level in LEVELS
                },
                "correlation": _correlation(self.truth[:, column], self.middle[:, column]),
                "crps": float(self.crps[:, column].mean()),
                "skill": 1.0 - float(self.crps[:, column].mean()) / unknown[column],
            }
            for column, name in enumerate(self.names)
        ]
        return pd.DataFrame(rows)

    def error_of_coverage(self, level: float) -> float:
        """Standard error of a coverage over these truths, if the level is kept."""
        return float(np.sqrt(level * (1.0 - level) / max(self.n, 1)))


def _correlation(truth: Array, middle: Array) -> float:
    if np.ptp(truth) == 0.0 or np.ptp(middle) == 0.0:
        return 0.0
    return float(np.corrcoef(truth, middle)[0, 1])


def crps(values: Array, weights: Array, truth: float) -> float:
    r"""Continuous ranked probability score of a weighted sample: :math:`E|X - x| - \frac12 E|X - X'|`.

    Limits: the distance to the truth for one value; 0 is perfect.
    """
    order = np.argsort(values)
    x, w = values[order], weights[order] / weights.sum()
    before = np.cumsum(w) - w
    spread = 2.0 * float((w * x * (2.0 * before + w - 1.0)).sum())
    return float((w * np.abs(x - truth)).sum() - 0.5 * spread)


def _crps_of_prior(truth: Array) -> Array:
    """(D,) mean score of the prior, uniform from 0 to 1: half the mean of the squares of both parts, less 1/6."""
    return np.asarray((0.5 * (truth**2 + (1.0 - truth) ** 2) - 1.0 / 6.0).mean(axis=0))


def recover(
    table: Table,
    targets: Sequence[Target],
    *,
    truths: int = 100,
    nearest: float = _NEAREST,
    widened: float = 1.0,
) -> Recovery:
    """Take simulations of the table as if they were the facts, and recover their parameters from the others.

    The rows are dealt into five parts; what is learned for a part never saw it. Each truth is seen with the error
    and the discrepancy of the facts. Truths are runs of the rounds after the first, where the facts point to: the
    emulator was given rounds of its own only there, and elsewhere in the prior it would be judged for less than
    the facts get. With one round they are runs of the prior. No run is done.

    Parameters
    ----------
    truths : at most so many. nearest : share of the other rows that the emulator is taught.
    widened : factor of the likelihood's standard deviations.
    """
    return _recovered(table, _taught(table, targets, truths, nearest), widened=widened)


def _taught(table: Table, targets: Sequence[Target], truths: int, nearest: float) -> list[Truth]:
    """The truths to recover, each with what the other parts teach, which serves any width of the errors."""
    found = evidence_of(targets, table.values, prior_rows=table.prior_rows)
    shares = table.shares
    part = np.arange(len(shares)) % _PARTS
    first = table.prior_rows if table.prior_rows < len(shares) else 0
    known = []
    for row in np.arange(first, len(shares))[:: max((len(shares) - first) // truths, 1)][:truths]:
        others, seen = part != part[row], _as_fact(found, int(row))
        others_only = replace(seen, statistics=seen.statistics[others])
        known.append(Truth(shares[row], seen, emulate(shares[others], others_only, nearest=nearest)))
    return known


def _recovered(table: Table, truths: Sequence[Truth], *, widened: float) -> Recovery:
    """What sampling finds of truths with errors so many times as large."""
    held: dict[float, list[NDArray[np.bool_]]] = {level: [] for level in LEVELS}
    middle, scores = [], []
    even = np.full(_FEW, 1.0 / _FEW)
    for truth in truths:
        sample = sampled(truth.emulator, truth.seen, truth.shares.size, widened=widened, effort=_EFFORT)
        middle.append(sample.quantile(0.5))
        for level in LEVELS:
            low, high = sample.quantile((1 - level) / 2), sample.quantile((1 + level) / 2)
            held[level].append((truth.shares >= low) & (truth.shares <= high))
        few = sample.drawn(_FEW, 0)
        scores.append([crps(few[:, d], even, x) for d, x in enumerate(truth.shares)])
    return Recovery(
        tuple(prior.name for prior in table.priors),
        np.array([truth.shares for truth in truths]),
        np.array(middle),
        {level: np.array(values, bool) for level, values in held.items()},
        np.array(scores),
    )


def caution(table: Table, targets: Sequence[Target], nearest: float = _NEAREST) -> float:
    """Least factor of the likelihood's standard deviations at which 90 % intervals hold known truths, up to 2.5.

    An emulator errs smoothly, so that chains find where it errs in favour of the facts; what it leaves at held-out
    rows does not tell that, known truths do.
    """
    truths = _taught(table, targets, _TRIED, nearest)  # once: what is learned does not depend on the factor
    for factor in _FACTORS:
        if _recovered(table, truths, widened=factor).held[0.9].mean() >= _ENOUGH:
            break
    return factor


def _as_fact(found: Evidence, row: int) -> Evidence:
    """Evidence in which the fact is one run, seen as facts are."""
    luck = normal(stream_key(0, "model discrepancy", row), np.arange(found.observed.size, dtype=np.uint64))
    seen = found.statistics[row] + found.spread * luck
    return replace(found, observed=np.where(found.is_bound, np.minimum(seen, found.observed), seen))
