"""Genealogies of adoption as ``networkx`` forests: who taught whom, among households or among villages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultError
from sim.results.tables import Columns
from sim.scenario.values import found
from sim.world.lookup import find_county, find_village

if TYPE_CHECKING:
    from sim.results.result import RunResult

__all__ = ["NODES_AT_MOST", "genealogy"]

Integers = NDArray[np.int64]
Of = Literal["villages", "households"]

#: Larger forests take gigabytes as Python objects; the tables teachers and foundings hold all of any run.
NODES_AT_MOST = 300_000


def genealogy(
    result: RunResult,
    *,
    of: Of = "villages",
    county: int | str | None = None,
    village: int | str | None = None,
    descendants: bool = False,
) -> Any:
    """See ``RunResult.genealogy``."""
    if str(of) not in {"villages", "households"}:
        message = f"genealogy(of=...): found {found(of)}, allowed is 'villages' or 'households'"
        raise ResultError(message)
    if county is not None and village is not None:
        message = (
            "genealogy(county=..., village=...): both given; a village lies in one county, so leave the county"
        )
        raise ResultError(message)
    nodes, parent = _villages(result) if of == "villages" else _households(result)
    inside = _inside(result, nodes["village"], county, village)
    chosen = _with_ancestors(inside, parent)
    if descendants:
        chosen = _with_descendants(chosen, inside, parent, nodes["month"])
    kept = np.flatnonzero(chosen)
    if kept.size > NODES_AT_MOST:
        message = (
            f"found a forest of {kept.size:,} {of}, allowed are at most {NODES_AT_MOST:,}; name a county or a "
            "village, or read the tables result.teachers and result.foundings"
        )
        raise ResultError(message)
    return _forest(result, nodes, parent, kept, inside)


def _villages(result: RunResult) -> tuple[Columns, Integers]:
    """Villages as nodes, and the row of each one's parent or -1."""
    table = result.columns("foundings")
    place = np.full(int(table["village"].max(initial=-1)) + 2, -1)
    place[table["village"]] = np.arange(
        table["village"].size
    )  # the last place stays -1, for those without a parent
    return {"node": table["village"], **table}, place[table["parent"]]


def _households(result: RunResult) -> tuple[Columns, Integers]:
    """Openings as nodes, and the row of each one's teacher or -1."""
    table, events = result.columns("teachers"), result.columns("events")
    nodes = {"node": np.arange(table["teacher"].size), **table, "size": events["size"]}
    return nodes, table["teacher"]


def _inside(
    result: RunResult, of_node: NDArray[np.int32], county: int | str | None, village: int | str | None
) -> NDArray[np.bool_]:
    """Nodes that lie in the place asked for; all where none is."""
    if county is not None:
        world = result.world
        inside: NDArray[np.bool_] = world.villages.county[of_node] == find_county(world, county)
        return inside
    if village is not None:
        return np.equal(of_node, find_village(result.world, village))
    return np.ones(of_node.size, bool)


def _with_ancestors(inside: NDArray[np.bool_], parent: Integers) -> NDArray[np.bool_]:
    chosen, fresh = inside.copy(), np.flatnonzero(inside)
    while fresh.size:
        above = np.unique(parent[fresh])
        fresh = above[(above >= 0) & ~chosen[above]]
        chosen[fresh] = True
    return chosen


def _with_descendants(
    chosen: NDArray[np.bool_], inside: NDArray[np.bool_], parent: Integers, month: NDArray[np.datetime64]
) -> NDArray[np.bool_]:
    """Also everybody who was taught by those inside, at first or second hand and so on."""
    below = inside.copy()
    for row in np.argsort(month, kind="stable").tolist():  # teachers come before those they teach
        below[row] |= parent[row] >= 0 and below[parent[row]]
    return chosen | below


def _forest(result: RunResult, nodes: Columns, parent: Integers, kept: Integers, inside: NDArray[np.bool_]) -> Any:
    import networkx as nx

    world = result.world
    village = nodes["village"][kept].astype(np.int64)
    home, back = np.unique(village, return_inverse=True)
    county = world.villages.county[home]
    shown = {
        "month": nodes["month"][kept].astype("datetime64[M]").astype(str),
        "village": village,
        "name": world.names_of_villages(home)[back],
        "town": world.towns.code[world.villages.town[home]][back],
        "county": world.counties.code[county][back],
        "county_en": world.counties.name_en[county][back],
        "inside": inside[kept],
    }
    further = ("source", "probability", "generation", "local", "size", "openings")
    shown |= {name: nodes[name][kept] for name in further if name in nodes}
    lists = [values.tolist() for values in shown.values()]
    graph = nx.DiGraph()
    graph.add_nodes_from(
        (node, dict(zip(shown, row, strict=True)))
        for node, *row in zip(nodes["node"][kept].tolist(), *lists, strict=True)
    )
    taught = kept[parent[kept] >= 0]
    months = nodes["month"].astype("datetime64[M]").astype(np.int64)
    graph.add_edges_from(
        (one, other, {"tie": tie, "probability": share, "months": after})
        for one, other, tie, share, after in zip(
            nodes["node"][parent[taught]].tolist(),
            nodes["node"][taught].tolist(),
            nodes["source"][taught].tolist(),
            nodes["probability"][taught].tolist(),
            (months[taught] - months[parent[taught]]).tolist(),
            strict=True,
        )
    )
    return graph
