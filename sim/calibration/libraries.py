"""The libraries that calibration and validation need beside those of the package."""

from __future__ import annotations

from importlib.util import find_spec

from sim.errors import Problem, ScenarioError

__all__ = ["require_libraries"]

_LIBRARIES = {"sklearn": "scikit-learn", "emcee": "emcee", "esda": "esda", "libpysal": "libpysal"}


def require_libraries(what: str) -> None:
    """Refuse before anything is run what would need a library of the extra in the end.

    The functions that run simulations for a fit or a validation call this before them; what learns from the runs
    imports its library without asking again.

    Parameters
    ----------
    what : is asked for, such as "calibrate".

    Raises
    ------
    ScenarioError : one of them is not installed.
    """
    for module, library in _LIBRARIES.items():
        if find_spec(module) is None:
            hint = "in the checkout: pip install --editable '.[calibration]'"
            raise ScenarioError(Problem(f"{what} needs {library}, which is not installed", hint=hint))
