"""Questions to a genealogy: how deep it is, how large its generations, who taught most, by which ties.

Every function takes a forest from ``result.genealogy``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.metrics.teachers import SOURCES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["depth", "generation_sizes", "most_taught", "source_shares"]


def depth(forest: Any) -> int:
    """Greatest generation in a forest, 0 where there are only roots or nothing."""
    return max((generation for _, generation in forest.nodes(data="generation")), default=0)


def generation_sizes(forest: Any) -> pd.DataFrame:
    """One row a generation: ``generation``, how many ``nodes``, and how many of them ``taught`` somebody."""
    import pandas as pd

    rows = [
        {"generation": generation, "nodes": 1, "taught": int(forest.out_degree(node) > 0)}
        for node, generation in forest.nodes(data="generation")
    ]
    frame = pd.DataFrame(rows, columns=["generation", "nodes", "taught"])
    return frame.groupby("generation", as_index=False).sum()


def most_taught(forest: Any, n: int = 10) -> pd.DataFrame:
    """Who taught most, greatest first: ``node``, its ``name``, ``county_en`` and ``month``, how many it ``taught``
    itself, and its ``descendants``, taught by it at first or second hand and so on.

    Among equals the one with more descendants, then the earlier, then the lower node.
    """
    import networkx as nx
    import pandas as pd

    below = dict.fromkeys(forest, 0)
    for node in reversed(list(nx.topological_sort(forest))):
        for parent in forest.predecessors(node):
            below[parent] += 1 + below[node]
    nodes = forest.nodes
    order = sorted(forest, key=lambda node: (-forest.out_degree(node), -below[node], nodes[node]["month"], node))
    columns = ("node", "name", "county_en", "month", "taught", "descendants")
    rows = [
        (
            node,
            *(nodes[node][name] for name in ("name", "county_en", "month")),
            forest.out_degree(node),
            below[node],
        )
        for node in order[:n]
        if forest.out_degree(node)
    ]
    return pd.DataFrame(rows, columns=list(columns))


def source_shares(forest: Any, *, by_generation: bool = False) -> pd.DataFrame:
    """Share of the nodes by most likely source, one column a source: of all nodes, or a row a generation.

    The columns are those of ``sim.metrics.teachers.SOURCES`` that occur, in that order; a row adds up to 1.
    """
    import pandas as pd

    rows = [(data["generation"] if by_generation else 0, data["source"]) for _, data in forest.nodes(data=True)]
    frame = pd.DataFrame(rows, columns=["generation", "source"])
    counts = frame.groupby(["generation", "source"]).size().unstack(fill_value=0)
    counts = counts[[name for name in SOURCES if name in counts]]
    shares = counts.div(counts.sum(axis=1), axis=0)
    shares.columns.name = None
    return shares if by_generation else shares.reset_index(drop=True)
