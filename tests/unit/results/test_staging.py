"""A file is there whole or as it was before; what cannot be written is told in words."""

from __future__ import annotations

import os

import pytest

from sim.errors import ResultError
from sim.results.staging import told_if_unwritable, written_together, written_whole


@pytest.fixture
def masked():
    """Rights that new files do not get, for the time of a test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def test_files_have_the_rights_of_any_new_file(tmp_path, masked):
    masked(0o027)
    with written_whole(tmp_path / "report.html") as beside:
        assert beside.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o640


@pytest.mark.usefixtures("masked")
def test_a_whole_file_takes_the_place_of_the_one_before(tmp_path):
    place = tmp_path / "map.gif"
    place.write_text("old")
    with written_whole(place) as beside:
        assert (beside.parent, beside.suffix, beside.name[0]) == (tmp_path, ".gif", ".")
        beside.write_text("new")
        assert place.read_text() == "old"
    assert place.read_text() == "new"
    assert place.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_of_half_a_file_nothing_stays(tmp_path, error):
    place = tmp_path / "table.parquet"
    place.write_text("old")

    def broken_off():
        with written_whole(place) as beside:
            beside.write_text("ne")
            raise error

    with pytest.raises(type(error)):
        broken_off()
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


NAMES = ["posterior.nc", "summary.csv", "figures/pairs.png"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "figures").mkdir()
    for name in NAMES:
        (tmp_path / name).write_text("old")
    return tmp_path


def texts(folder):
    return [path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_files_that_belong_together_take_their_places_together(folder):
    with written_together(folder, NAMES) as beside:
        assert list(beside) == NAMES
        for name in NAMES:
            beside[name].write_text("new")
            assert (beside[name].parent, beside[name].suffix) == ((folder / name).parent, (folder / name).suffix)
        assert [(folder / name).read_text() for name in NAMES] == ["old"] * 3
    assert texts(folder) == ["new"] * 3


def test_of_some_of_the_files_nothing_stays(folder):
    def broken_off():
        with written_together(folder, NAMES) as beside:
            beside[NAMES[0]].write_text("new")
            beside[NAMES[1]].write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert texts(folder) == ["old"] * 3


def test_what_cannot_be_written_is_told(tmp_path):
    place = tmp_path / "none" / "report.html"
    told = rf"^{place}: cannot be written \(No such file or directory\); name another file$"
    with (
        pytest.raises(ResultError, match=told),
        told_if_unwritable(place, "name another file"),
        written_whole(place),
    ):
        pass
