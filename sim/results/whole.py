"""Digests of the files of a run folder: what is no longer as it was saved is not taken for the result."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sim.errors import ResultError

__all__ = ["changed_since", "digest_of", "digests_of"]


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of the bytes of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests_of(folder: Path) -> dict[str, str]:
    """Digest of every file in a folder and below it, by its path from there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): digest_of(path) for path in files}


def changed_since(folder: Path, recorded: Mapping[str, str]) -> ResultError | None:
    """What a file that is missing or no longer as it was recorded is told with; ``None`` where all are.

    Only files of the folder itself count: figures below it may be cropped or thrown away, as no result is read
    from them, and a name that leads elsewhere is not followed.
    """
    there = {path.name for path in folder.iterdir() if path.is_file()}
    for name, digest in recorded.items():
        if "/" in name or "\\" in name:
            continue
        if name not in there:
            return ResultError.at(folder / name, "is missing", "the run folder is damaged; run it again")
        if digest_of(folder / name) != digest:
            hint = "it was cut short or changed; restore it, or run it again"
            return ResultError.at(folder / name, "is not as it was saved with the run", hint)
    return None
