"""Files that are written beside their place and moved there, so that a reader never meets half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.errors import ResultError

__all__ = ["told_if_unwritable", "umask", "written_together", "written_whole"]


def umask() -> int:
    """Rights that new files do not get; temporary ones get fewer, until they are moved into their place."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A name to write a file under, which takes the place of ``path`` at the end; on any failure nothing stays.

    Yields
    ------
    A new file in the same folder, hidden, with the same ending.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.absolute().parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(0o666 & ~umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def written_together(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Path]]:
    """Names to write files of a folder under that belong together; all take their places when all are written.

    On any failure before that the files of the folder stay as they were.

    Parameters
    ----------
    names : of the files; the first of them is put in its place last.

    Yields
    ------
    By name a new file as :func:`written_whole` gives it.
    """
    with ExitStack() as whole:
        yield {name: whole.enter_context(written_whole(folder / name)) for name in names}


@contextmanager
def told_if_unwritable(place: Path, hint: str = "name another folder") -> Iterator[None]:
    """Say of a file or folder that it cannot be written, and what to do.

    Raises
    ------
    ResultError : an ``OSError`` came up within.
    """
    try:
        yield
    except OSError as error:
        raise ResultError.at(place, f"cannot be written ({error.strerror or error})", hint) from error
