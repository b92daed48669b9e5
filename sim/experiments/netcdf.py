"""Reading back what an experiment has written as netCDF, and nothing else that lies there under its name."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import ResultError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["read_netcdf"]

#: No compression shrinks numbers further than this: who claims more asks for memory that no content needs.
_LARGEST_RATIO: Final = 1100


def read_netcdf(path: Path, what: str, hint: str, *, needed: tuple[str, ...] = (), group: str = "") -> xr.Dataset:
    """A dataset of a file, whole in memory.

    Parameters
    ----------
    path : the file. what : it is not, if it cannot be read. hint : what to do then.
    needed : variables it must hold. group : part of the file; all of it by default.

    Raises
    ------
    ResultError : it is no such file, is damaged, lacks a variable, or claims to unpack to more than it can.
    """
    import xarray as xr

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of foreign files, which are refused below
            with xr.open_dataset(path, engine="h5netcdf", group=group or None) as stored:
                claimed, held = stored.nbytes, path.stat().st_size
                lacking = [name for name in needed if name not in stored.variables]
                if not lacking and claimed <= _LARGEST_RATIO * held:
                    return stored.load()
    except Exception as error:  # the libraries below let many kinds of error through
        raise ResultError.at(path, what, hint) from error
    reason = f"no {', '.join(lacking)} in it" if lacking else f"{held} bytes that claim to hold {claimed}"
    raise ResultError.at(path, f"{what} ({reason})", hint)
