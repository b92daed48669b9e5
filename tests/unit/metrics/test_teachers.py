"""The most likely teacher: constructed histories with known answers."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.metrics.selling import selling_spells
from sim.metrics.teachers import SOURCES, MonthlyLaw, Openings, find_teachers
from sim.world.explicit import graph_of_networkx

MONTHS = 12


def law(own=1e-4, imitation=0.1, threshold=0, weights=(1.0,) * 5, personal=True):
    return MonthlyLaw(
        np.full(MONTHS, own),
        np.full(MONTHS, imitation),
        np.full(MONTHS, threshold),
        np.tile(np.array(weights, float), (MONTHS, 1)),
        np.full(MONTHS, personal),
    )


def found(graph, openings, closings=(), *, pioneers=(), n=20, rooting=1.0, **changes):
    """Teachers in one village; ``openings`` are (household, month) in the order of months."""
    first = np.array([0, n])
    ties = graph_of_networkx(graph, first)
    household, month = (np.array(column, np.int64) for column in zip(*openings, strict=True))
    closed = np.array(list(closings), np.int64).reshape(-1, 2)
    spells = selling_spells(household, month, closed[:, 0], closed[:, 1], n)
    listed = Openings(household, np.zeros(household.size, np.int64), month, np.isin(household, list(pioneers)))
    return find_teachers(listed, spells, ties, np.array([rooting]), law(**changes))


def sources(teachers):
    return [SOURCES[code] for code in teachers.source]


def test_a_chain():
    teachers = found(nx.path_graph(5), [(i, 2 * i) for i in range(5)], pioneers=[0])
    assert teachers.teacher.tolist() == [-1, 0, 1, 2, 3]
    assert teachers.generation.tolist() == [0, 1, 2, 3, 4]
    assert sources(teachers) == ["pioneer"] + ["village"] * 4
    # Inner members of the chain know two, one of whom sells: 0.05 a month beside 0.0001.
    assert teachers.probability[1] == pytest.approx(0.05 / 0.0501)
    assert teachers.probability[4] == pytest.approx(0.1 / 0.1001)


def test_pioneers_have_no_teacher():
    teachers = found(nx.complete_graph(4), [(i, i) for i in range(4)], pioneers=range(4))
    assert sources(teachers) == ["pioneer"] * 4
    assert teachers.probability.tolist() == [1] * 4
    assert not teachers.shares.any()
    assert not teachers.generation.any()
    assert teachers.shares.shape == (4, 6)
    kinds = [column.dtype for column in vars(teachers).values()]
    assert kinds == [np.int64, np.int8, np.float32, np.float32, np.int32]


def test_without_imitation_everybody_is_a_root():
    teachers = found(nx.complete_graph(6), [(i, i) for i in range(6)], imitation=0.0)
    assert sources(teachers) == ["own initiative"] * 6
    assert (teachers.teacher == -1).all()
    assert (teachers.shares[:, 0] == 1).all()


def test_nobody_teaches_in_the_month_of_opening_or_after_closing():
    graph = nx.star_graph(3)
    same_month = found(graph, [(0, 3), (1, 3)], pioneers=[0])
    assert sources(same_month) == ["pioneer", "own initiative"]
    last_month = found(graph, [(0, 3), (1, 6), (2, 7)], [(0, 6)], pioneers=[0])
    assert sources(last_month) == ["pioneer", "village", "own initiative"]


def test_own_initiative_takes_the_greater_part():
    graph = nx.path_graph(2)
    assert sources(found(graph, [(0, 0), (1, 1)], pioneers=[0], own=0.09))[1] == "village"
    assert sources(found(graph, [(0, 0), (1, 1)], pioneers=[0], own=0.11))[1] == "own initiative"
    assert sources(found(graph, [(0, 0), (1, 1)], pioneers=[0], own=0.1))[1] == "own initiative"
    assert sources(found(graph, [(0, 0), (1, 1)], pioneers=[0], own=0.09, rooting=2.0))[1] == "own initiative"


def kinds_graph():
    """Household 0 knows 1 and 2 in its ring, 3 in its town, 4 and 5 in its county."""
    graph = nx.Graph()
    for other, kind in ((1, "ring"), (2, "ring"), (3, "town"), (4, "county"), (5, "county")):
        graph.add_edge(0, other, kind=kind)
    return graph


def test_the_kind_with_the_greatest_part_and_who_sold_longest():
    others = [(2, 1), (1, 2), (3, 0), (5, 0)]
    openings = [*sorted(others, key=lambda row: row[1]), (0, 6)]
    teachers = found(kinds_graph(), openings, pioneers=[1, 2, 3, 5])
    assert sources(teachers)[-1] == "ring"
    assert openings[teachers.teacher[-1]] == (2, 1)
    assert teachers.shares[-1, [1, 3, 4]] == pytest.approx(np.array([0.5, 0.25, 0.25]) * 0.08 / 0.0801)
    heavy = found(kinds_graph(), openings, pioneers=[1, 2, 3, 5], weights=(1, 1, 3, 1, 1))
    assert openings[heavy.teacher[-1]] == (3, 0)
    # Two in the county, who began with one of the ring: the lowest number of those who sold longest.
    openings = [(4, 0), (5, 0), (1, 0), (2, 1), (0, 6)]
    even = found(kinds_graph(), openings, pioneers=[1, 2, 4, 5])
    assert openings[even.teacher[-1]] == (1, 0)
    assert sources(even)[-1] == "ring"
    assert even.probability[-1] == pytest.approx(0.25 * 0.08 / 0.0801)


def test_the_threshold_rule_counts_those_alike_whose_ties_weigh():
    openings = [(3, 0), (1, 1), (4, 1), (0, 6)]
    rule = {"threshold": 2, "weights": (1, 1, 9, 0, 1), "pioneers": [1, 3, 4]}
    teachers = found(kinds_graph(), openings, **rule)
    assert openings[teachers.teacher[-1]] == (3, 0)  # ring and town weigh alike; the town's sold longer
    assert teachers.shares[-1, 1:5] == pytest.approx(np.array([0.5, 0, 0.5, 0]) * 0.1 / 0.1001)
    below = found(kinds_graph(), openings, **{**rule, "threshold": 3})
    assert sources(below)[-1] == "own initiative"


def test_a_rule_that_is_not_of_persons_names_nobody():
    teachers = found(nx.path_graph(3), [(0, 0), (1, 2), (2, 4)], pioneers=[0], personal=False)
    assert sources(teachers) == ["pioneer", "not known", "not known"]
    assert np.isnan(teachers.probability[1:]).all()
    assert np.isnan(teachers.shares[1:]).all()


def test_a_second_shop_teaches_anew():
    teachers = found(nx.path_graph(3), [(0, 0), (1, 2), (0, 5), (2, 6)], [(0, 3)], pioneers=[])
    assert teachers.teacher.tolist() == [-1, 0, 1, 1]
    assert teachers.generation.tolist() == [0, 1, 2, 2]
