# mypy: disable-error-code="no-untyped-call"
"""Files of compiled code that are taken for whole only if they are, and never stand in the way of a run.

Numba trusts what it finds: a file cut short by a full disk or written by something else ends every later run in a
traceback, and a changed byte may end up in the machine code. Here each file begins with the digest of the rest.
A file that fails it counts as missing, the function is compiled anew, and what cannot be written is not kept.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from numba.core.caching import FunctionCache, IndexDataCacheFile

__all__ = ["cache_of"]

_DIGEST_BYTES: Final = 32


def cache_of(function: Callable[..., Any]) -> Any | None:
    """Cache of a function in the folder Numba is set to; ``None`` where no such folder can be used.

    Only for functions that make no arrays (``_nrt`` off): what counts references is set up by what loading leaves
    out here, and without it the process would end in a segmentation fault.
    """
    try:
        return _Cache(function)
    except (OSError, RuntimeError):  # what Numba raises where it may write nowhere
        return None


class _WholeFiles(IndexDataCacheFile):
    """Numba's two kinds of files, each with a digest before it."""

    def _load_index(self) -> dict[Any, str]:
        try:
            version, stamp, overloads = self._unpacked(self._index_path)
        except (OSError, ValueError):
            return {}
        is_ours = (version, stamp) == (self._version, self._source_stamp)
        return dict(overloads) if is_ours else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        try:
            return self._unpacked(self._data_path(name))
        except ValueError as error:
            raise FileNotFoundError(name) from error

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, content: Any) -> None:
        packed = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(packed).digest() + packed)

    def _unpacked(self, path: str) -> Any:
        """Content of a file; ``ValueError`` if it is not as it was written."""
        content = Path(path).read_bytes()
        digest, packed = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(packed).digest() != digest:
            raise ValueError(path)
        try:
            return pickle.loads(packed)  # noqa: S301 -- this user's own compiled code, whole as it was written
        except Exception as error:
            raise ValueError(path) from error  # of another Numba


class _Cache(FunctionCache):
    """Numba's cache of one function, on whole files, which gives up in silence."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        locator, name = self._impl.locator, self._impl.filename_base
        self._cache_file = _WholeFiles(self._cache_path, name, locator.get_source_stamp())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Code compiled before, or ``None``.

        Numba would first import all that compiling takes, some 220 modules in 0.4 s. Code that is there needs none
        of it, and whoever compiles imports it then.
        """
        try:
            return self._load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 -- whatever keeps code from loading, it can be compiled
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:  # a full disk, a folder taken away or closed
            return
