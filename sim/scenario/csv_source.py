"""From the text of a user's table to cells, each with its line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Place, Problem, ScenarioError
from sim.scenario.yaml_source import LARGEST_FILE_BYTES, decoded

__all__ = ["Cell", "Table", "read_csv"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Text of a cell without blanks around it; line and column of its first sign count from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Table:
    """Cells of a table with a header.

    Parameters
    ----------
    label : how the file is called in messages.
    header : cells of the first line. rows : cells by column; a cell that a short row lacks is empty.
    problems : rows with more or fewer cells than the header, a quote that is never closed.
    """

    label: str
    header: tuple[Cell, ...]
    rows: tuple[Mapping[str, Cell], ...]
    problems: tuple[Problem, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(cell.text for cell in self.header)

    def place(self, cell: Cell) -> Place:
        """Where a cell stands."""
        return Place(self.label, cell.line, cell.column)


def read_csv(path: Path, label: str, wanted: str) -> Table:
    """Read a table separated by commas, in UTF-8; lines without any text do not count.

    Parameters
    ----------
    path : the file. label : its name in messages. wanted : what an empty file lacks, in words.

    Raises
    ------
    ScenarioError : it cannot be read, is empty, larger than 1 MB or not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise ScenarioError(Problem(f"cannot be read ({error.strerror})", Place(label))) from None
    lines, problems = _cells(decoded(content, label), label)
    if not lines:
        raise ScenarioError(Problem(f"found an empty file, allowed is {wanted}", Place(label)))
    header, *rest = lines
    rows = []
    for cells in rest:
        if len(cells) != len(header):
            cells_found = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
            message = f"found {cells_found}, allowed are {len(header)} as in the header"
            place = Place(label, cells[0].line, cells[min(len(header), len(cells) - 1)].column)
            problems.append(Problem(message, place, "is a comma too many or missing?"))
        else:
            rows.append({name.text: cell for name, cell in zip(header, cells, strict=True)})
    return Table(label, tuple(header), tuple(rows), tuple(problems))


def _cells(text: str, label: str) -> tuple[list[list[Cell]], list[Problem]]:
    """Cells line by line; a cell in quotes may hold commas, line ends and doubled quotes."""
    lines: list[list[Cell]] = []
    problems: list[Problem] = []
    cells: list[Cell] = []
    at, line, begins = 0, 1, 0
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    while at <= len(text):
        cell, at, more_lines, is_closed = _cell(text, at, line, begins)
        if not is_closed:
            problems.append(Problem("found a quote that is never closed", Place(label, cell.line, cell.column)))
        cells.append(cell)
        if more_lines:
            line += more_lines
            begins = text.rfind("\n", 0, at) + 1
        if at == len(text) or text[at] == "\n":
            if any(each.text for each in cells):
                lines.append(cells)
            cells, line, begins = [], line + 1, at + 1
        at += 1
    return lines, problems


def _cell(text: str, at: int, line: int, begins: int) -> tuple[Cell, int, int, bool]:
    """Cell that starts at a position, where it ends, line ends within it, and whether its quote is closed."""
    start = at
    while start < len(text) and text[start] in " \t":
        start += 1
    if start < len(text) and text[start] == '"':
        return _quoted(text, start, line, begins)
    end = min(place for place in (text.find(",", at), text.find("\n", at), len(text)) if place >= 0)
    return Cell(text[at:end].strip(), line, min(start, end) - begins + 1), end, 0, True


def _quoted(text: str, start: int, line: int, begins: int) -> tuple[Cell, int, int, bool]:
    end = start + 1
    while (end := text.find('"', end)) >= 0 and text[end + 1 : end + 2] == '"':
        end += 2
    column = start - begins + 1
    if end < 0:
        return Cell(text[start + 1 :].strip(), line, column), len(text), text.count("\n", start), False
    inside = text[start + 1 : end].replace('""', '"')
    after = min(place for place in (text.find(",", end), text.find("\n", end), len(text)) if place >= 0)
    shown = (inside + text[end + 1 : after]).strip()
    return Cell(shown, line, column), after, inside.count("\n"), True
