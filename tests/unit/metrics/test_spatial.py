"""Moran's I and join counts against the formulas written out, on maps with known answers."""

from __future__ import annotations

import builtins
import itertools

import esda
import numpy as np
import pytest
from libpysal.graph import Graph

from sim.metrics.spatial import county_weights, county_weights_within, join_counts, morans_i

SIDE = 8
CELLS = list(itertools.product(range(SIDE), range(SIDE)))
LON = np.array([110.0 + 0.1 * x for x, _ in CELLS])
LAT = np.array([0.1 * (y - SIDE / 2) for _, y in CELLS])
STEP_KM = 0.1 * 6371.0 * np.pi / 180.0
CHECKERBOARD = np.array([(x + y) % 2 for x, y in CELLS])
GRADIENT = np.array([float(x) for x, _ in CELLS])


@pytest.fixture(scope="module")
def rook():
    return county_weights_within(LON, LAT, 1.01 * STEP_KM)


def matrix(graph):
    return graph.sparse.toarray()


def moran_by_hand(values, w):
    w = w / w.sum(axis=1, keepdims=True)
    z = values - values.mean()
    total = sum(w[i, j] * z[i] * z[j] for i in range(len(z)) for j in range(len(z)))
    return len(z) / w.sum() * total / (z @ z)


def test_the_distance_band_of_a_grid_is_the_rooks(rook):
    w = matrix(rook)
    expected = [[abs(a - c) + abs(b - d) == 1 for c, d in CELLS] for a, b in CELLS]
    assert (w == np.array(expected)).all()


def test_a_county_with_none_near_is_an_isolate():
    graph = county_weights_within([110.0, 110.1, 119.0], [30.0, 30.0, 30.0], 20.0)
    assert matrix(graph).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert graph.isolates.tolist() == [2]
    assert [place for place, other in graph.adjacency.index if place == other] == [2], "only it stands by itself"


@pytest.mark.parametrize("degrees", [0.1, 0.3, 1.0, 7.0, 45.0, 180.0])
def test_a_distance_exactly_as_long_as_allowed_ties(degrees):
    exactly = 6371.0 * np.radians(degrees)
    assert matrix(county_weights_within([0.0, degrees], [0.0, 0.0], exactly)).sum() == 2
    assert matrix(county_weights_within([0.0, degrees], [0.0, 0.0], exactly * 0.999)).sum() == 0


def test_moran_of_a_checkerboard_is_minus_one(rook):
    result = morans_i(CHECKERBOARD, rook)
    assert result.statistic == pytest.approx(-1.0, abs=1e-12)
    assert result.expected == pytest.approx(-1 / 63)
    assert result.z_score < -8
    assert result.p_value < 1e-12


def test_moran_of_a_gradient_is_near_one(rook):
    result = morans_i(GRADIENT, rook)
    assert result.statistic == pytest.approx(moran_by_hand(GRADIENT, matrix(rook)), abs=1e-12)
    assert 0.85 < result.statistic < 1.0
    assert result.z_score > 8


def test_moran_agrees_with_the_formula_on_uneven_weights():
    values = np.array([(7 * x * x + 3 * y) % 11 for x, y in CELLS], dtype=float)
    graph = county_weights(LON, LAT, k=5)
    assert morans_i(values, graph).statistic == pytest.approx(moran_by_hand(values, matrix(graph)), abs=1e-12)


def test_wrong_versions_of_morans_i_are_told_apart(rook):
    for values in (GRADIENT, GRADIENT**2 + CHECKERBOARD):
        w, z = matrix(rook), values - values.mean()
        rows = w / w.sum(axis=1, keepdims=True)
        wrong = {
            "neighbours not weighted to one": len(z) / w.sum() * (z @ w @ z) / (z @ z),
            "mean left in": values @ rows @ values / (values @ values),
            "sample variance": (len(z) - 1) / len(z) * (z @ rows @ z) / (z @ z),
            "itself a neighbour": z @ ((w + np.eye(64)) / (w.sum(axis=1, keepdims=True) + 1)) @ z / (z @ z),
        }
        right = morans_i(values, rook).statistic
        assert right == pytest.approx(moran_by_hand(values, w), abs=1e-12)
        assert min(abs(each - right) for each in wrong.values()) > 1e-3, wrong


def test_the_score_of_moran_is_that_of_all_ways_to_deal_the_values():
    values = np.array([9.0, 1.0, 0.0, 2.0, 1.5, 0.5])
    graph = county_weights(range(6), np.zeros(6), k=2)
    dealt = [moran_by_hand(np.array(way), matrix(graph)) for way in itertools.permutations(values)]
    result = morans_i(values, graph)
    assert result.expected == pytest.approx(np.mean(dealt))
    assert result.z_score == pytest.approx((result.statistic - np.mean(dealt)) / np.std(dealt))


def test_nothing_is_drawn(rook, monkeypatch):
    asked = []
    moran = esda.Moran
    monkeypatch.setattr(esda, "Moran", lambda *given, **options: asked.append(options) or moran(*given, **options))
    morans_i(GRADIENT, rook)
    assert [options["permutations"] for options in asked] == [0]


def test_moran_of_equal_values_is_not_a_number(rook):
    result = morans_i(np.full(64, 2.0), rook)
    assert np.isnan([result.statistic, result.z_score, result.p_value]).all()
    assert result.expected == pytest.approx(-1 / 63)


def test_weights_are_the_nearest_others_on_the_sphere():
    # At 60 degrees north a degree of longitude is half a degree of latitude: east and west come first.
    lon, lat = [100.0, 101.0, 99.0, 100.0, 100.0], [60.0, 60.0, 60.0, 60.8, 59.2]
    w = matrix(county_weights(lon, lat, k=2))
    assert w[0].tolist() == [0, 1, 1, 0, 0]
    assert w.sum(axis=1).tolist() == [2.0] * 5
    assert matrix(county_weights(LON, LAT)).sum(axis=1).tolist() == [8.0] * 64


def test_counties_at_one_place_are_neighbours_and_never_their_own():
    w = matrix(county_weights([100.0] * 4 + [105.0], [30.0] * 5, k=2))
    assert np.diag(w).tolist() == [0.0] * 5
    assert w.sum(axis=1).tolist() == [2.0] * 5


@pytest.mark.parametrize("k", [0, 64])
def test_the_number_of_neighbours_is_checked(k):
    with pytest.raises(ValueError, match="1 to 63 neighbours"):
        county_weights(LON, LAT, k=k)


def joins_by_hand(mask, w):
    both = one = neither = 0.0
    for i, j in itertools.product(range(len(mask)), repeat=2):
        if w[i, j]:
            both += 0.5 * (mask[i] and mask[j])
            one += 0.5 * (mask[i] != mask[j])
            neither += 0.5 * (not mask[i] and not mask[j])
    return [both, one, neither]


@pytest.mark.parametrize("k", [None, 3])
def test_join_counts_agree_with_the_formula(rook, k):
    graph = rook if k is None else county_weights(LON, LAT, k=k)
    for mask in (CHECKERBOARD == 1, GRADIENT < 2, np.arange(64) == 9):
        assert list(join_counts(mask, graph)[:3]) == joins_by_hand(mask, matrix(graph))


def test_wrong_versions_of_join_counts_are_told_apart():
    graph, mask = county_weights(LON, LAT, k=3), (GRADIENT < 3) | (CHECKERBOARD == 1)
    w = matrix(graph)
    right = joins_by_hand(mask, w)
    assert not (w == w.T).all(), "ties in one direction only"
    wrong = {
        "each direction a tie": [2 * count for count in right],
        "one direction enough": joins_by_hand(mask, np.maximum(w, w.T)),
        "both directions needed": joins_by_hand(mask, np.minimum(w, w.T)),
        "marks exchanged": joins_by_hand(~mask, w),
    }
    found = join_counts(mask, graph)
    assert list(found[:3]) == right
    assert all(abs(np.subtract(each, found[:3])).max() >= 0.5 for each in wrong.values()), wrong
    with_replacement = sum(right) * np.array([mask.mean() ** 2, 2 * mask.mean() * (1 - mask.mean())])
    assert abs(with_replacement - found[3:5]).max() > 0.1


# esda 2.9 calls pandas in a way that pandas 3.1 announces to drop.
@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")
def test_join_counts_agree_with_esda(rook):
    for graph in (rook, county_weights(LON, LAT, k=3)):
        mask = (GRADIENT < 3) ^ (CHECKERBOARD == 1)
        oracle = esda.Join_Counts(mask.astype(int), graph, permutations=0)
        assert join_counts(mask, graph)[:3] == (oracle.bb, oracle.bw, oracle.ww)


def test_join_counts_of_a_checkerboard_are_all_of_one_kind(rook):
    assert join_counts(CHECKERBOARD, rook)[:3] == (0.0, 112.0, 0.0)


def test_an_isolate_has_no_ties():
    graph = county_weights_within([110.0, 110.1, 119.0], [30.0, 30.0, 30.0], 20.0)
    assert join_counts([True, False, True], graph)[:3] == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("mask", "expected"), [(np.zeros(64), (0, 0, 112)), (np.ones(64), (112, 0, 0))])
def test_join_counts_of_a_map_of_one_colour(rook, mask, expected):
    result = join_counts(mask, rook)
    assert result[:3] == expected
    assert result[3:] == pytest.approx(expected)


def test_expected_join_counts_are_the_mean_over_all_ways_to_deal_the_marks():
    graph = Graph.from_arrays([0, 1, 1, 2, 2, 3, 3, 4], [1, 0, 2, 1, 3, 2, 4, 3], np.ones(8))
    w = matrix(graph)
    ways = [[i in chosen for i in range(5)] for chosen in itertools.combinations(range(5), 2)]
    mean = np.mean([joins_by_hand(way, w) for way in ways], axis=0)
    assert join_counts(ways[0], graph)[3:] == pytest.approx(tuple(mean))


def test_lengths_must_agree(rook):
    with pytest.raises(ValueError, match=r"shape \(3,\); the graph has 64 places"):
        morans_i([1.0, 2.0, 3.0], rook)
    with pytest.raises(ValueError, match="the graph has 64 places"):
        join_counts([True], rook)


def test_moran_needs_four_finite_values(rook):
    values = GRADIENT.copy()
    values[3] = np.nan
    with pytest.raises(ValueError, match="1 of 64 values are not finite"):
        morans_i(values, rook)
    with pytest.raises(ValueError, match="3 places are too few"):
        morans_i([1.0, 2.0, 3.0], county_weights([1, 2, 3], [0, 0, 0], k=1))
    four = county_weights([1, 2, 3, 4], [0, 0, 0, 0], k=1)
    values = np.array([1, 2, 3, 5])
    assert morans_i(values, four).statistic == pytest.approx(moran_by_hand(values, matrix(four)))


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch, rook):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] in {"esda", "libpysal"}:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"^esda is needed .* pip install --editable '\.\[spatial\]'"):
        morans_i(GRADIENT, rook)
    with pytest.raises(ImportError, match=r"libpysal is needed"):
        county_weights(LON, LAT)
