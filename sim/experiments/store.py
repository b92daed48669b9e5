"""The store of an experiment: one SQLite file in which each finished run is committed by itself."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sim.errors import ResultError, counted
from sim.experiments.tasks import Finished
from sim.results.sources import changed_sources
from sim.scenario.canonical import differences

__all__ = ["FILE_NAME", "STORE_VERSION", "Store"]

FILE_NAME = "experiment.sqlite"
#: Number of the store's layout and of what a summary holds.
STORE_VERSION = 3
_WAIT_SECONDS = 60.0
_MOST_SHOWN = 5
_SOURCES, _EARLIER = "sources", "earlier_sources"
_ANEW = "move it away and run the experiment again"
_TABLES = """
create table if not exists about (name text primary key, value text not null) without rowid;
create table if not exists runs (
    key text primary key, label text not null, world_seed integer not null, history_seed integer not null,
    seconds real not null, stage text not null, message text not null, outcomes blob, digest blob not null
) without rowid;
"""


def _digest(key: str, outcomes: bytes | None) -> bytes:
    return hashlib.blake2b(key.encode() + (outcomes or b""), digest_size=16).digest()


def _is_whole(key: str, outcomes: Any, digest: Any) -> bool:
    """Whether a row is as it was written; a file of others may hold anything in any column."""
    return (outcomes is None or isinstance(outcomes, bytes)) and digest == _digest(key, outcomes)


class Store:
    """Finished runs by key, with what they are runs of.

    Every run is one transaction of a write-ahead log: a process killed at any moment loses the runs in flight
    and nothing else, and several processes may write at once. Use it in a ``with`` statement.

    Parameters
    ----------
    folder : where the file lies; it is made if need be. ``None`` keeps the runs in a temporary file that
        vanishes with the store.
    resume : continue what is there; otherwise a store that holds runs is refused.

    Raises
    ------
    ResultError : the folder cannot be written, holds another experiment's runs, or the file is damaged.
    """

    def __init__(self, folder: Path | None, *, resume: bool = False) -> None:
        self.path = "" if folder is None else str(folder / FILE_NAME)
        if folder is not None:
            _make_folder(folder)
        with self._told():
            self._base = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare(resume=resume)
        except BaseException:
            self._base.close()
            raise

    def _prepare(self, *, resume: bool) -> None:
        with self._told():
            self._base.execute("pragma trusted_schema=off")
            self._refuse_foreign()
            self._base.execute("pragma journal_mode=wal")
            self._base.execute("pragma synchronous=normal")
            found = self._base.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                raise sqlite3.DatabaseError(found)
            self._base.executescript(_TABLES)
            begun = self._n_runs()
        if begun and not resume:
            message = f"holds {counted(begun, 'run')} already"
            raise ResultError.at(self.path, message, "resume it (--resume), or name a new folder")

    def _refuse_foreign(self) -> None:
        """Refuse a base with other tables, or with views and triggers, before anything is written to it."""
        there = set(self._base.execute("select type, name from sqlite_master"))
        strange = sorted(str(name) for _, name in there - {("table", "about"), ("table", "runs")})
        if strange:
            message = f"is no store of an experiment: it holds {_some(strange)}"
            raise ResultError.at(self.path, message, "name a new folder")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was committed is there."""
        self._base.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what is wrong with the file, and what to do, instead of SQLite's few words."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            text = " ".join(str(error).split())
            if "readonly" in text or "unable to open" in text:
                raise ResultError.at(self.path, f"cannot be written ({text})", "name another folder") from error
            if "full" in text:
                hint = "make room and resume; the runs finished so far are kept"
                raise ResultError.at(self.path, f"cannot be written ({text})", hint) from error
            if "locked" in text:
                raise ResultError.at(
                    self.path, f"is in use ({text})", "try again when the other one has ended"
                ) from error
            raise ResultError.at(self.path, f"is damaged or no store of an experiment ({text})", _ANEW) from error

    def check_same(self, about: Mapping[str, Any]) -> None:
        """Make sure that the store holds runs of this experiment, or make it so if it is new.

        Parameters
        ----------
        about : versions by name, and under ``scenarios`` the resolved scenarios by name. A scenario under a
            new name may join; one under a known name must be the same.

        Raises
        ------
        ResultError : something differs; the message names what.
        """
        with self._told():
            self._base.execute("begin immediate")
            try:
                self._join(about)
                self._base.execute("commit")
            except BaseException:
                self._base.execute("rollback")
                raise

    def _join(self, about: Mapping[str, Any]) -> None:
        kept = self._kept()
        changed = list(_changes(kept, about))
        if changed:
            raise ResultError.at(self.path, _told_changes(changed), "name a new folder for the new experiment")
        files = changed_sources(kept[_SOURCES], about[_SOURCES]) if _SOURCES in kept and _SOURCES in about else []
        if files and self._n_runs():
            hint = f"name a new folder, or keep them all the same: hinterland accept-code {Path(self.path).parent}"
            raise ResultError.at(self.path, f"holds runs of other code: {_some(files)} changed since", hint)
        new = {**about, "scenarios": {**kept.get("scenarios", {}), **about["scenarios"]}}
        pairs = [(name, json.dumps(value, ensure_ascii=False)) for name, value in new.items()]
        self._base.executemany("insert or replace into about values (?, ?)", pairs)

    def _kept(self) -> dict[str, Any]:
        """What is kept of the experiment; a file of others may hold anything there."""
        try:
            rows = self._base.execute("select name, value from about").fetchall()
            kept = {str(name): json.loads(value) for name, value in rows}
            scenarios = dict(kept.get("scenarios", {})).items()
            kept["scenarios"] = {name: dict(resolved) for name, resolved in scenarios}
            kept |= {name: kind(kept[name]) for name, kind in ((_SOURCES, dict), (_EARLIER, list)) if name in kept}
        except (ValueError, TypeError, RecursionError) as error:
            message = "is damaged or no store of an experiment (it does not say of which)"
            raise ResultError.at(self.path, message, _ANEW) from error
        return kept

    def _n_runs(self) -> int:
        return int(self._base.execute("select count(*) from runs").fetchone()[0])

    @property
    def is_of_mixed_code(self) -> bool:
        """Whether runs of earlier code were accepted."""
        with self._told():
            query = "select 1 from about where name = ?"
            return self._base.execute(query, (_EARLIER,)).fetchone() is not None

    def accept_sources(self, sources: Mapping[str, str]) -> list[str]:
        """Let runs of earlier code stand beside those of today's; the store remembers that it is so.

        Parameters
        ----------
        sources : digests of today's code.

        Returns
        -------
        The files that differ.
        """
        with self._told():
            kept = self._kept()
            before = kept.get(_SOURCES, {})
            files = changed_sources(before, sources) if before else []
            if files:
                earlier = [*kept.get(_EARLIER, []), before]
                pairs = [(_SOURCES, json.dumps(dict(sources))), (_EARLIER, json.dumps(earlier))]
                self._base.execute("begin immediate")
                self._base.executemany("insert or replace into about values (?, ?)", pairs)
                self._base.execute("commit")
        return files

    def add(self, finished: Finished, *, label: str, world_seed: int, history_seed: int) -> None:
        """Commit one run; a run that succeeded is never replaced."""
        facts = (finished.key, label, world_seed, history_seed, finished.seconds, finished.stage, finished.message)
        row = (*facts, finished.outcomes, _digest(finished.key, finished.outcomes))
        with self._told():
            self._base.execute(
                "insert into runs values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do update set "
                "seconds = excluded.seconds, stage = excluded.stage, message = excluded.message, "
                "outcomes = excluded.outcomes, digest = excluded.digest where runs.stage <> ''",
                row,
            )

    def done(self, keys: Iterable[str], *, retry_failed: bool = False) -> set[str]:
        """Keys among these that need no run: finished and whole, or failed unless those are to be tried again."""
        found = set()
        with self._told():
            for key in keys:
                row = self._base.execute(
                    "select stage, outcomes, digest from runs where key = ?", (key,)
                ).fetchone()
                if row is None:
                    continue
                if not _is_whole(key, row[1], row[2]):
                    self._base.execute("delete from runs where key = ?", (key,))
                elif row[0] == "" or not retry_failed:
                    found.add(key)
        return found

    def has(self, key: str) -> bool:
        """Whether a run is there, for example one added by another process meanwhile."""
        with self._told():
            return self._base.execute("select 1 from runs where key = ?", (key,)).fetchone() is not None

    def outcomes(self, key: str) -> bytes | None:
        """Packed outcomes of a run, ``None`` if it failed or was never done."""
        with self._told():
            row = self._base.execute("select outcomes from runs where key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def rows(self) -> list[dict[str, Any]]:
        """All runs without their outcomes, in the order of keys."""
        names = ("key", "label", "world_seed", "history_seed", "seconds", "stage", "message")
        with self._told():
            found = self._base.execute(f"select {', '.join(names)} from runs order by key").fetchall()  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in found]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultError.at(folder, f"cannot be made ({reason})", "name another folder") from error
    if any(folder.iterdir()) and not (folder / FILE_NAME).exists():
        raise ResultError.at(folder, "is a folder with other files in it", "name a new one")


def _changes(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Triples (what, in the store, now)."""
    for name, value in now.items():
        if name not in {"scenarios", _SOURCES} and name in kept and kept[name] != value:
            yield name.replace("_", " "), kept[name], value
    before = kept.get("scenarios", {})
    for name, resolved in now["scenarios"].items():
        if name in before:
            for path, old, new in differences(before[name], resolved):
                yield path if len(now["scenarios"]) == 1 else f"{name}: {path}", old, new


def _told_changes(changed: list[tuple[str, Any, Any]]) -> str:
    shown = [f"{what} was {_short(old)}, is now {_short(new)}" for what, old, new in changed]
    return f"holds runs of another experiment: {_some(shown, '; ')}"


def _some(words: list[str], between: str = ", ") -> str:
    more = len(words) - _MOST_SHOWN
    return between.join(words[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
