"""Compilation of the few functions that need it, cached on disk under the sources they come from.

Numba's own cache looks only at the file of the function it compiles, not at the functions that one calls. So the
cache lies in a folder named by the contents of every compiled source, and a changed equation is never missed.
Where no folder can be written the functions are compiled anew in each process.

Loading compiled code runs it, so the folder must be the user's own: below the folder for temporary files, one that
belongs to somebody else, or that others may write in, is passed over.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from sim.code_cache import cache_of

__all__ = ["cache_folder", "compiled", "inlined"]

_PACKAGE = Path(__file__).parent
_SOURCES = (
    "compiled.py",
    "code_cache.py",
    "streams.py",
    "world/graph.py",
    "world/positions.py",
    "kernel/*.py",
    "rules/*.py",
    "metrics/selling.py",
)


def _source_hash() -> str:
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:3]}".encode())
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _candidates() -> list[Path]:
    chosen = os.environ.get("HINTERLAND_CACHE_DIR")
    if chosen:
        return [Path(chosen)]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return [
        home / "hinterland",
        Path(tempfile.gettempdir()) / f"hinterland-{os.getuid() if hasattr(os, 'getuid') else 0}",
    ]


def cache_folder() -> Path | None:
    """Folder of the compiled code, made if need be; ``None`` where none can be written."""
    name = f"compiled-{_source_hash()}"
    for candidate in _candidates():
        folder = candidate / name
        try:
            if candidate.parent == Path(tempfile.gettempdir()):
                candidate.mkdir(mode=0o700, exist_ok=True)
                if not _is_private(candidate):
                    continue
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


def _is_private(folder: Path) -> bool:
    """Whether a folder belongs to this user and nobody else may write in it."""
    if not hasattr(os, "getuid"):
        return True
    about = folder.lstat()
    others = stat.S_IWGRP | stat.S_IWOTH
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & others


_FOLDER = cache_folder()
if _FOLDER is not None:
    numba.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function on first use; equal results on every machine (no fused or reordered arithmetic).

    The function makes no arrays of its own, so it need not count references to any: in the event loop counting
    references cost more than the arithmetic. It lets other threads run meanwhile.
    """
    options: dict[str, Any] = {"error_model": "numpy", "_nrt": False, "nogil": True}
    dispatcher = numba.njit(function, **options)
    cache = None if _FOLDER is None else cache_of(function)
    if cache is not None:
        dispatcher._cache = cache  # as Numba's own enable_caching does
    return dispatcher


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small function into its callers."""
    return numba.njit(function, inline="always")
