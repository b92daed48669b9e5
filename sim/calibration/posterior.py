"""The posterior: a sample, its summary, what it was tested against, and its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.priors import Prior, values_at
from sim.calibration.recovery import Recovery, recover
from sim.calibration.sampling import Sample
from sim.calibration.targets import Target
from sim.errors import ResultError, refuse
from sim.experiments.netcdf import read_netcdf
from sim.results.provenance import provenance, utc_now
from sim.results.staging import told_if_unwritable, written_together
from sim.scenario import Scenario
from sim.scenario.canonical import scenario_file

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sim.calibration.fit import Table

__all__ = ["POSTERIOR_FILE", "Posterior", "draws_of", "read_draws"]

Array = NDArray[np.float64]
POSTERIOR_FILE = "posterior.nc"
_QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
#: Draws of the shipped sample.
N_DRAWS = 400
#: Draws of the ensemble scenario.
N_MEMBERS = 40
_DIGITS = 5
#: A marginal whose spread is more than this share of the prior's says that the facts do not inform the parameter.
UNINFORMED = 0.9


class Posterior:
    """What a calibration gave.

    Parameters
    ----------
    scenario : what was calibrated. priors : of the free parameters. targets : the facts.
    sample : in the unit cube of the priors. left_out : facts out of reach of the prior, not used.
    table : the simulations. widened : factor of the errors, so that intervals hold known truths.
    nearest : share of the simulations that the emulator was taught by.
    """

    def __init__(
        self,
        scenario: Scenario,
        priors: tuple[Prior, ...],
        targets: tuple[Target, ...],
        sample: Sample,
        left_out: tuple[Target, ...],
        table: Table,
        widened: float = 1.0,
        nearest: float = 0.5,
    ) -> None:
        self.scenario, self.priors, self.targets = scenario, priors, targets
        self.sample, self.left_out, self.table = sample, left_out, table
        self.widened, self.nearest = widened, nearest

    def draws(self, n: int = N_DRAWS, seed: int = 0) -> list[dict[str, Any]]:
        """Draws with equal weights, each a mapping of parameters to values as ``Scenario.replace`` takes them."""
        return values_at(self.priors, self.sample.drawn(n, seed))

    @property
    def median(self) -> dict[str, Any]:
        """Median of every free parameter, each by itself."""
        return values_at(self.priors, self.sample.quantile(0.5)[None])[0]

    @property
    def center(self) -> dict[str, Any]:
        """The draw in the middle, see :attr:`Sample.center`: values that go together, unlike the medians."""
        return values_at(self.priors, self.sample.center[None])[0]

    @property
    def calibrated(self) -> Scenario:
        """The scenario at the central draw."""
        return self.scenario.replace({name: _rounded(value) for name, value in self.center.items()})

    def ensemble(self, n: int = N_MEMBERS) -> Scenario:
        """The scenario at the central draw, swept over draws, each with a world and a history of its own."""
        world, history = self.scenario.world_seed, self.scenario.history_seed
        points = [
            {name: _rounded(value) for name, value in draw.items()}
            | {"world_seed": world + number, "history_seed": history + number}
            for number, draw in enumerate(self.draws(n))
        ]
        content = {**scenario_file(self.calibrated), "sweep": {"list": points, "replicates": 1}}
        return Scenario.from_mapping(content, folder=self.scenario.folder, vocabulary=self.scenario.vocabulary)

    @property
    def summary(self) -> pd.DataFrame:
        """One row a free parameter: prior, quantiles, central draw, spread relative to the prior, if informed."""
        import pandas as pd

        at = {word: self.sample.quantile(share) for word, share in _QUANTILES.items()}
        spread = self.sample.shares.std(axis=0) * np.sqrt(12.0)
        center = self.center
        rows = [
            {
                "parameter": prior.name,
                "prior": str(prior),
                **{word: float(prior.value(float(at[word][column]))) for word in _QUANTILES},
                "center": float(center[prior.name]),
                "spread": float(spread[column]),
                "informed": bool(spread[column] < UNINFORMED),
                "scenario": float(self.scenario.values[prior.name]),
            }
            for column, prior in enumerate(self.priors)
        ]
        return pd.DataFrame(rows)

    @property
    def prior_check(self) -> pd.DataFrame:
        """One row a target: the fact among the runs of the whole prior, before anything is fitted."""
        import pandas as pd

        rows = []
        for target, values in zip(self.targets, self.table.values[: self.table.prior_rows].T, strict=True):
            known = values[np.isfinite(values)]
            low, middle, high = np.quantile(known, [0.05, 0.5, 0.95]) if known.size else np.full(3, np.nan)
            below = float((known < target.value).mean()) if known.size else np.nan
            rows.append(
                {"target": target.name, "fact": target.value, "kind": target.kind, "median": middle, "low": low,
                 "high": high, "share_below": below, "used": target.use == "fit" and target not in self.left_out}
            )  # fmt: skip
        return pd.DataFrame(rows)

    def recovery(self, truths: int = 100) -> Recovery:
        """Simulate and recover: intervals of held-out simulations against the values they were made with."""
        return recover(self.table, self.targets, truths=truths, nearest=self.nearest, widened=self.widened)

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before believing the numbers."""
        found = []
        if self.left_out:
            names = ", ".join(target.name for target in self.left_out)
            found.append(
                f"{len(self.left_out)} facts lie beyond what the prior can make and were not used: {names}"
            )
        frame = self.summary
        blind = frame.loc[~frame["informed"], "parameter"].tolist()
        if blind:
            found.append(f"the facts do not inform {', '.join(blind)}: the posterior is the prior")
        pressed = [prior.name for prior, at_edge in zip(self.priors, self.sample.at_edge, strict=True) if at_edge]
        if pressed:
            found.append(f"the facts press {', '.join(pressed)} against an end of the prior")
        if self.table.n_failed:
            found.append(f"{self.table.n_failed} runs failed or ran away; the prior is cut off there")
        if self.sample.effective_size < 50:
            found.append(
                f"the sample is worth only {self.sample.effective_size:.0f} independent draws; simulate more"
            )
        return found

    def datasets(self, n: int = N_DRAWS) -> dict[str, xr.Dataset]:
        """The groups of ArviZ' InferenceData: posterior, prior, prior_predictive, observed_data."""
        import xarray as xr

        def of_parameters(shares: Array) -> xr.Dataset:
            values = values_at(self.priors, shares)
            units = {prior.name: self.scenario.vocabulary.parameters[prior.name].unit for prior in self.priors}
            data = {
                prior.name: (("chain", "draw"), np.array([[row[prior.name] for row in values]], np.float64),
                             {"units": units[prior.name], "prior": str(prior)})
                for prior in self.priors
            }  # fmt: skip
            return xr.Dataset(data, {"chain": [0], "draw": np.arange(len(shares))})

        first = slice(0, self.table.prior_rows)
        names = [target.name for target in self.targets]
        values = {
            name: (("chain", "draw"), self.table.values[first, column][None]) for column, name in enumerate(names)
        }
        draw = np.arange(self.table.prior_rows)
        facts = {
            target.name: ((), target.value, {"kind": target.kind, "use": target.use}) for target in self.targets
        }
        return {
            "posterior": of_parameters(self.sample.drawn(n, 0)),
            "prior": of_parameters(self.table.shares[first]),
            "prior_predictive": xr.Dataset(values, {"chain": [0], "draw": draw}),
            "observed_data": xr.Dataset(facts),
        }

    def provenance(self) -> dict[str, Any]:
        """Where the posterior comes from: scenario, priors, facts, effort, versions."""
        return {
            **provenance(self.scenario, started_at=utc_now(), seconds={}),
            "priors": {prior.name: str(prior) for prior in self.priors},
            "median": self.median,
            "center": self.center,
            "simulations": len(self.table.shares) + self.table.n_failed,
            "failed": self.table.n_failed,
            "errors_widened": self.widened,
            "effective_size": round(self.sample.effective_size, 1),
            "fitted": [target.name for target in self.targets if target.use == "fit"],
            "left_out": [target.name for target in self.left_out],
            "warnings": self.warnings,
        }

    def save(self, folder: Path, n: int = N_DRAWS) -> Path:
        """Write posterior.nc (``arviz.from_netcdf`` reads it), its tables, provenance and two scenarios.

        ``calibrated.yaml`` stands at the central draw, ``ensemble.yaml`` is swept over draws of the posterior.
        Broken off, it leaves the files that were there before.

        Raises
        ------
        ResultError : it cannot be written.
        """
        texts = {
            "summary.csv": self.summary.to_csv(index=False, lineterminator="\n"),
            "prior_check.csv": self.prior_check.to_csv(index=False, lineterminator="\n"),
            "posterior.json": json.dumps(self.provenance(), ensure_ascii=False, indent=2) + "\n",
            "calibrated.yaml": self.calibrated.to_yaml(),
            "ensemble.yaml": self.ensemble().to_yaml(),
        }
        with told_if_unwritable(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with written_together(folder, [POSTERIOR_FILE, *texts]) as beside:
                for number, (group, dataset) in enumerate(self.datasets(n).items()):
                    dataset.to_netcdf(
                        beside[POSTERIOR_FILE], mode="a" if number else "w", group=group, engine="h5netcdf"
                    )
                for name, text in texts.items():
                    beside[name].write_text(text, encoding="utf-8")
        return folder / POSTERIOR_FILE

    def __repr__(self) -> str:
        name = self.scenario.title or self.scenario.name
        runs = len(self.table.shares)
        return f"{name}: posterior of {len(self.priors)} parameters from {runs:,} runs"


def _rounded(value: Any) -> Any:
    """A draw to be read by people: far more digits than the posterior knows."""
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def draws_of(
    given: Posterior | str | PathLike[str] | Sequence[Mapping[str, Any]] | None, scenario: Scenario
) -> Sequence[Mapping[str, Any]]:
    """Draws of a posterior, of the path of its file, or as they are; none for ``None``.

    Raises
    ------
    ScenarioError : something else. ResultError : it is no such file.
    """
    if given is None:
        return ()
    if isinstance(given, Posterior):
        return given.draws()
    if isinstance(given, str | PathLike):
        return read_draws(Path(given), scenario)
    listed: Any = given  # Python may hand over anything
    if not (isinstance(listed, Sequence) and all(isinstance(each, Mapping) for each in listed)):
        hint = "give a posterior, the path of a posterior.nc, or a list of mappings from parameters to values"
        refuse(f"found draws of type {type(given).__name__}", hint)
    return tuple(listed)


def read_draws(path: Path, scenario: Scenario) -> list[dict[str, Any]]:
    """Draws of a posterior file, as :func:`sim.calibration.validation.validate` takes them.

    Raises
    ------
    ResultError : it is no such file, names parameters that this scenario does not have, or holds draws that are
        no numbers or not of every parameter.
    """
    hint = "name a posterior.nc that `calibrate` wrote"
    found = read_netcdf(path, "is no posterior file", hint, group="posterior")
    table = {str(name): found[name].values.reshape(-1) for name in found.data_vars}
    known = scenario.vocabulary.parameters
    strange = [name for name in table if name not in known]
    if strange or not table:
        message = f"names unknown parameters: {', '.join(strange) or 'none at all'}"
        raise ResultError.at(path, message, hint)
    sizes = {values.size for values in table.values()}
    are_numbers = all(values.dtype.kind in "fiu" and np.isfinite(values).all() for values in table.values())
    if not are_numbers or len(sizes) > 1 or 0 in sizes:
        raise ResultError.at(path, "does not hold as many numbers of each parameter", hint)
    names: Sequence[str] = list(table)
    whole = {name for name in names if known[name].type == "int"}
    columns = zip(*(table[name] for name in names), strict=True)
    return [
        {name: round(value) if name in whole else float(value) for name, value in zip(names, row, strict=True)}
        for row in columns
    ]
