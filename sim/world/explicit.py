"""A user's own acquaintance graph, read through networkx and kept as compressed rows."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Hashable, Iterable
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Place, Problem, ScenarioError, WorldError
from sim.scenario import GraphFile
from sim.scenario.values import found, plain_number, quoted
from sim.world.graph import MAX_TIES_PER_KIND, TIE_KINDS, AcquaintanceGraph

__all__ = ["explicit_graph", "graph_of_networkx"]

#: Objects of networkx for as much text fill the memory of a large machine.
_LARGEST_BYTES = 2_000_000_000
_PIECE_BYTES = 1 << 20
_LONGEST_REASON = 300
_MOST_DIGITS = 18


def explicit_graph(source: GraphFile, first_household: NDArray[np.int64]) -> AcquaintanceGraph:
    """Graph of a file whose nodes are households numbered from 0 in the order of the world.

    Raises
    ------
    ScenarioError : the file is not what its format says, or its nodes or ties do not fit the world.
    """
    import networkx as nx

    place = Place(str(source.path))
    try:
        _check_size(source.path)
        if source.format == "graphml":
            graph = nx.read_graphml(source.path)
        else:
            graph = nx.read_edgelist(source.path, data=True)
    except Exception as error:  # networkx lets many kinds of error through
        reason = str(error)
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}..."
        message = f"found a file that is not a readable {source.format}: {reason}"
        raise ScenarioError(Problem(message, place, "allowed are graphml and edgelist")) from error
    try:
        return graph_of_networkx(graph, first_household)
    except WorldError as error:
        raise ScenarioError(Problem(str(error), place)) from error


def _check_size(path: Path) -> None:
    """Refuse more text than a graph can have, counted while it is unpacked, which networkx does by these names."""
    unpack: Any = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix, open)
    with unpack(path, "rb") as stream:
        rest = _LARGEST_BYTES
        while piece := stream.read(_PIECE_BYTES):
            rest -= len(piece)
            if rest < 0:
                message = f"found more than {_LARGEST_BYTES:,} bytes of ties"
                raise ValueError(message)


def graph_of_networkx(graph: Any, first_household: NDArray[np.int64]) -> AcquaintanceGraph:
    """Acquaintance graph of a ``networkx.Graph`` over households.

    Parameters
    ----------
    graph : undirected; nodes are household numbers (integers, or text of integers) below the number of
        households; a household that is not a node knows nobody. An edge may carry ``kind``, one of the tie
        kinds, ``village`` by default. Nothing else is looked at: weights do not count.
    first_household : (V + 1,) offsets of the villages' households.

    Raises
    ------
    WorldError : it is no graph of networkx, is directed, a node is no household, an edge is a loop, has an
        unknown kind, or a household has more than 200 ties of one kind.
    """
    import networkx as nx

    if not isinstance(graph, nx.Graph):
        message = f"found {found(graph)}, allowed is a networkx.Graph"
        raise WorldError(message)
    if graph.is_directed():
        message = "found a directed graph, allowed is an undirected one; use graph.to_undirected()"
        raise WorldError(message)
    n = int(first_household[-1])
    _check_nodes(graph.nodes, n)
    left, right, kind = _ends(graph.edges(data="kind", default="village"), n)
    both_from, both_to, both_kind = np.r_[left, right], np.r_[right, left], np.r_[kind, kind]
    order = np.lexsort((both_to, both_from))
    indptr = np.concatenate(([0], np.cumsum(np.bincount(both_from, minlength=n))))
    _check_degrees(both_from, both_kind, n)
    n_villages = first_household.size - 1
    nothing = np.zeros((n_villages, len(TIE_KINDS) - 1), np.int64)
    return AcquaintanceGraph(
        first_household,
        0,
        np.zeros(len(TIE_KINDS) - 1, np.int64),
        nothing,
        nothing,
        nothing.astype(np.uint64),
        np.zeros(n_villages, np.uint8),
        indptr.astype(np.int64),
        both_to[order],
        both_kind[order],
    )


def _check_nodes(nodes: Iterable[Hashable], n: int) -> None:
    seen: dict[int, Hashable] = {}
    for node in nodes:
        household = _household(node, n)
        if household in seen:
            both = f"{_shown(seen[household])} and {_shown(node)}"
            message = f"found nodes {both} for household {household}, allowed is one"
            raise WorldError(message)
        seen[household] = node


def _household(node: Any, n: int) -> int:
    number: int | None = None
    if isinstance(node, str):
        number = plain_number(node, _MOST_DIGITS)
    elif isinstance(node, int | np.integer) and not isinstance(node, bool):
        number = int(node)
    if number is None or not 0 <= number < n:
        message = f"found node {_shown(node)}, allowed is a household number from 0 to {n - 1}"
        raise WorldError(message)
    return number


def _shown(value: object) -> str:
    """A node or kind as Python writes it, unless that is long."""
    if isinstance(value, str):
        return quoted(value)
    return found(value) if isinstance(value, Real) else f"of type {type(value).__name__}"


def _ends(
    edges: Iterable[tuple[Hashable, Hashable, Any]], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    left, right, kinds = [], [], []
    for a, b, kind in edges:
        one, other = _household(a, n), _household(b, n)
        if one == other:
            message = f"found a tie of household {a} with itself, allowed are ties of two households"
            raise WorldError(message)
        if not isinstance(kind, str) or kind not in TIE_KINDS:
            ends = f"{_shown(a)} and {_shown(b)}"
            message = f"found tie kind {_shown(kind)} between {ends}, allowed is one of {', '.join(TIE_KINDS)}"
            raise WorldError(message)
        left.append(one)
        right.append(other)
        kinds.append(TIE_KINDS.index(kind))
    return np.array(left, np.int64), np.array(right, np.int64), np.array(kinds, np.int8)


def _check_degrees(household: NDArray[np.int64], kind: NDArray[np.int8], n: int) -> None:
    for index, name in enumerate(TIE_KINDS):
        degree = np.bincount(household[kind == index], minlength=n)
        if degree.max(initial=0) > MAX_TIES_PER_KIND:
            worst = int(degree.argmax())
            message = (
                f"found {degree[worst]} ties of kind {name} at household {worst}, "
                f"allowed are at most {MAX_TIES_PER_KIND} of one kind"
            )
            raise WorldError(message)
