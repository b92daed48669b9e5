"""Designs of Morris and Sobol in the unit cube and the indices they give, by SALib."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError

__all__ = ["METHODS", "fitting", "unit_design", "unit_indices"]

Array = NDArray[np.float64]

#: Method -> default size (trajectories, base samples) and the columns of its indices.
METHODS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "morris": (8, ("mu_star", "mu_star_conf", "mu", "sigma")),
    "sobol": (64, ("S1", "S1_conf", "ST", "ST_conf")),
}
_LEVELS = 4
_CONFIDENCE = 0.95


def fitting(method: str, blocks: int) -> int:
    """The greatest number of blocks a method can use: Sobol's estimators want powers of two."""
    return blocks if method == "morris" or blocks < 1 else 2 ** (blocks.bit_length() - 1)


def _need_salib() -> None:
    if importlib.util.find_spec("SALib") is None:
        message = "sensitivity needs SALib; install it with pip install --editable '.[calibration]'"
        raise RunError(message)


def _problem(dimensions: int) -> dict[str, Any]:
    names = [f"x{number}" for number in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}


def unit_design(method: str, dimensions: int, size: int, seed: int) -> Array:
    """Points of a design in the unit cube.

    Parameters
    ----------
    size : Morris' trajectories (2 or more) or Sobol's base samples (a power of two).

    Returns
    -------
    (size * (D + 1), D) for Morris, (size * (D + 2), D) for Sobol.
    """
    _need_salib()
    points: Array
    if method == "morris":
        from SALib.sample import morris

        points = morris.sample(_problem(dimensions), size, num_levels=_LEVELS, seed=seed)
    else:
        from SALib.sample import sobol

        points = sobol.sample(_problem(dimensions), size, calc_second_order=False, seed=seed)
    return points


def unit_indices(method: str, unit: Array, values: Array) -> dict[str, Array]:
    """Indices from points in the unit cube and their outcomes; an outcome that never changes gives zeros.

    Parameters
    ----------
    unit : whole blocks of a design. values : one outcome a point.

    Returns
    -------
    By name as in ``METHODS``, one value a parameter. Limits: a linear outcome has mu_star equal to its slope and
    sigma zero; an additive one has S1 equal to ST.
    """
    _need_salib()
    columns = METHODS[method][1]
    dimensions = unit.shape[1]
    if np.ptp(values) == 0.0:
        return {name: np.zeros(dimensions) for name in columns}
    problem = _problem(dimensions)
    if method == "morris":
        from SALib.analyze import morris

        found = morris.analyze(problem, unit, values, conf_level=_CONFIDENCE, num_levels=_LEVELS, seed=0)
    else:
        from SALib.analyze import sobol

        whole = fitting(method, len(values) // (dimensions + 2)) * (dimensions + 2)
        found = sobol.analyze(problem, values[:whole], calc_second_order=False, conf_level=_CONFIDENCE, seed=0)
    return {name: np.asarray(found[name], np.float64) for name in columns}
