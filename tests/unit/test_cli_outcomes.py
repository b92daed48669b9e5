"""What commands leave in a folder: all figures or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli_outcomes import write_figures
from sim.errors import ResultError


def figures(folder):
    return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}


def test_figures_stand_in_a_folder_of_their_own_and_are_replaced(tmp_path):
    write_figures({"growth": b"old"}, tmp_path)
    write_figures({"growth": b"new", "map": b"all"}, tmp_path)
    assert figures(tmp_path) == {"growth.png": b"new", "map.png": b"all"}


def test_a_full_disk_leaves_the_figures_that_were_there(tmp_path, monkeypatch):
    write_figures({"growth": b"old", "map": b"old"}, tmp_path)
    write = Path.write_bytes

    def full(path, content):
        if "map" in path.name:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ResultError, match=r"cannot be written \(No space left on device\); leave them out with"):
        write_figures({"growth": b"new", "map": b"new"}, tmp_path)
    assert figures(tmp_path) == {"growth.png": b"old", "map.png": b"old"}
