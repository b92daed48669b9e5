"""The two tables: what is read, and which faults of the tables themselves are found."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.scenario.months import format_month, parse_month
from sim.scenario.parameters import COLUMNS, SCOPES, TYPES
from sim.scenario.vocabulary import Vocabulary, default_vocabulary
from tests.unit.scenario.tables import MECHANISM_ROWS, ROWS, VOCABULARY, mechanisms_of, parameters_of

GOOD_ROW = "a.b,x,yuan,float,1,0,2,,month,,,definition,words"


def with_cell(column: str, text: str) -> str:
    cells = GOOD_ROW.split(",")
    cells[COLUMNS.index(column)] = text
    return ",".join(cells)


def test_cells_have_their_own_type():
    rows = VOCABULARY.parameters
    assert rows["logistics.parcel_cost"].default == 10.0
    assert type(rows["logistics.parcel_cost"].default) is float
    assert type(rows["adoption.sellers"].default) is int
    assert rows["adoption.families"].default is True
    assert rows["adoption.rule"].choices == ("linear", "threshold")
    assert rows["programme.first_month"].default == parse_month("2014-10")
    assert rows["programme.first_month"].low == parse_month("2010-01")
    assert rows["logistics.offset"].low is None
    assert rows["logistics.parcel_cost"].mechanism == "logistics"
    assert rows["adoption.own_initiative"].prior == "loguniform(1e-7, 1e-5)"
    assert (rows["adoption.rule"].section, rows["adoption.rule"].key) == ("adoption", "rule")
    assert list(VOCABULARY.sections) == ["adoption", "logistics", "programme", "pioneers", "world"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (GOOD_ROW + "\n" + GOOD_ROW, "a.b: the name stands twice"),
        (with_cell("name", "ab"), "a name is 'section.key'"),
        (with_cell("name", "a.class"), "a name is 'section.key'"),
        (with_cell("name", "a.B"), "a name is 'section.key'"),
        (with_cell("unit", " "), "the unit is blank"),
        (with_cell("source", ""), "the source is blank"),
        (with_cell("description", ""), "the description is blank"),
        (with_cell("type", "real"), "type 'real' is not one of float, int, bool, choice, month"),
        (with_cell("scope", "town"), "scope 'town' is not one of world, start, month"),
        (with_cell("default", "3"), "default: found 3.0, allowed is a number from 0 to 2 (yuan)"),
        (with_cell("default", ""), "default: found nothing"),
        (with_cell("default", "nan"), "default: found not-a-number"),
        (with_cell("default", "ten"), "could not convert"),
        (with_cell("low", "3"), "low is above high"),
        (with_cell("low", "nan"), "low is above high"),
        (with_cell("type", "choice"), "choices are given exactly for type choice"),
        (with_cell("choices", "x|y"), "choices are given exactly for type choice"),
        (with_cell("type", "bool"), "only numbers and months have a range"),
        (with_cell("prior", "uniform"), "prior 'uniform' is not written like uniform(0, 1)"),
        (GOOD_ROW + ",more", "a row needs 13 columns"),
        ("a.b,x", "a row needs 13 columns"),
    ],
)
def test_a_faulty_parameter_table_is_refused_with_its_line(row, expected):
    with pytest.raises(ScenarioError) as caught:
        parameters_of(ROWS + row + "\n")
    (problem,) = [problem for problem in caught.value.problems if expected in str(problem)]
    assert problem.place is not None
    assert problem.place.line == len((ROWS + row).splitlines()) + 1


def test_another_header_is_refused():
    with pytest.raises(ScenarioError, match="found columns"):
        parameters_of(GOOD_ROW, header="name,unit")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("logistics,true,,again", "stands once"),
        ("two words,true,,x", "a name is one word"),
        ("x,yes,,x", "default is not true or false"),
        ("x,true,,", "the description is blank"),
        ("x,true,y,x", "needs y, not a mechanism"),
        ("x,true,guidance,x", "on by default but needs guidance"),
    ],
)
def test_a_faulty_mechanism_table_is_refused(row, expected):
    with pytest.raises(ScenarioError, match=expected):
        mechanisms_of(MECHANISM_ROWS + row + "\n")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (with_cell("mechanism", "logistcs"), "mechanism logistcs is not in the mechanism table"),
        (with_cell("name", "region.b"), "a section cannot be called region"),
        (with_cell("name", "enabled.b"), "a section cannot be called enabled"),
        (with_cell("name", "items.b"), "a section cannot be called items"),
    ],
)
def test_tables_that_do_not_fit_each_other_are_refused(row, expected):
    with pytest.raises(ScenarioError, match=expected):
        Vocabulary(parameters_of(row), mechanisms_of(MECHANISM_ROWS))


def test_the_tables_of_the_package_are_sound():
    vocabulary = default_vocabulary()
    assert vocabulary is default_vocabulary()
    for row in vocabulary.parameters.values():
        assert row.type in TYPES
        assert row.scope in SCOPES
    assert set(vocabulary.default_switches) == set(vocabulary.mechanisms)


def test_months_are_whole_numbers_that_follow_each_other():
    assert parse_month("2009-01") == 12 * 2009
    assert parse_month("2010-01") - parse_month("2009-12") == 1
    assert format_month(12 * 2015 + 11) == "2015-12"
    for text in ("2009-13", "2009-00", "2009-1", "209-01", "2009-01-01", " 2009-01", "2009-01\n", "٢٠٠٩-01"):
        with pytest.raises(ValueError, match="is not a month"):
            parse_month(text)
