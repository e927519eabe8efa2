"""Clusters of nodes: the basins of attraction of the U-matrix.

Water on the U-matrix runs from each node to the lowest of its neighbours, as long as that is
lower, and comes to rest in a local minimum, the basin's seat. All nodes that drain into one seat
are its basin. Two basins meet at saddles: the pass between them is the lowest, over adjacent nodes
i, j on either side, of max(u_i, u_j).

Noise makes many shallow basins. While there are more than wanted, the shallowest, the one whose
seat lies least below its lowest pass, overflows into the neighbour across that pass; the lower of
the two seats remains (the order of topological persistence; Edelsbrunner, Letscher and Zomorodian
2002). Equal heights are told apart by the nodes' numbers, so that the answer is unique.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from tasks.som.lattices.lattice import Lattice


class Basins(NamedTuple):
    """For each node: the index of its cluster (seats in reading order), and the row and column of
    the cluster's seat.
    """

    cluster: Int64[np.ndarray, "row col"]
    seat: Int64[np.ndarray, "row col 2"]


def basins(heights: Float64[np.ndarray, "row col"], lattice: Lattice, clusters: int) -> Basins:
    """Return the basins of the U-matrix `heights`, merged until at most `clusters` (>= 1) remain.

    Raises:
        ValueError: `clusters` is less than 1.
    """
    if clusters < 1:
        raise ValueError(f"clusters is {clusters}; at least one is needed")
    neighbours = lattice.neighbours()
    rank = _rank(heights.ravel())
    bottom = descend(rank, neighbours)
    owner = _merge(bottom, heights.ravel(), rank, neighbours, clusters)
    seats, cluster = np.unique(owner[bottom], return_inverse=True)
    shape = heights.shape
    place = np.stack(np.divmod(seats[cluster], lattice.cols), axis=-1)
    return Basins(cluster.reshape(shape), place.reshape(*shape, 2))


def descend(
    rank: Int64[np.ndarray, " node"], neighbours: Int64[np.ndarray, "node k"]
) -> Int64[np.ndarray, " node"]:
    """Return the local minimum in which the steepest descent from each node ends."""
    around = np.concatenate([neighbours, np.arange(len(rank))[:, None]], axis=1)
    height = np.where(around >= 0, rank[around], len(rank))
    target = around[np.arange(len(rank)), height.argmin(axis=1)]
    while not np.array_equal(target, target[target]):
        target = target[target]
    return target


def _rank(heights: Float64[np.ndarray, " node"]) -> Int64[np.ndarray, " node"]:
    """Return each node's place in the order of heights, equal ones by number: no two nodes are
    level.
    """
    rank = np.empty(len(heights), dtype=np.int64)
    rank[np.argsort(heights, kind="stable")] = np.arange(len(heights))
    return rank


Passes = dict[int, dict[int, int]]
"""For each seat, the node of the lowest pass into each basin that it touches."""


def _merge(
    bottom: Int64[np.ndarray, " node"],
    heights: Float64[np.ndarray, " node"],
    rank: Int64[np.ndarray, " node"],
    neighbours: Int64[np.ndarray, "node k"],
    clusters: int,
) -> Int64[np.ndarray, " node"]:
    """Return, for each seat, the seat that it ends up in; other nodes stand for themselves."""
    passes = _passes(bottom, rank, neighbours)
    owner = np.arange(len(bottom))
    while len(passes) > max(clusters, 1) and any(passes.values()):
        seat = min(
            (s for s in passes if passes[s]), key=lambda s: _depth(s, passes[s], heights, rank)
        )
        other = min(passes[seat], key=lambda t: (rank[passes[seat][t]], rank[t]))
        keep, lose = sorted((seat, other), key=lambda s: rank[s])
        owner[owner == lose] = keep
        _absorb(passes, keep, lose, rank)
    return owner


def _passes(
    bottom: Int64[np.ndarray, " node"],
    rank: Int64[np.ndarray, " node"],
    neighbours: Int64[np.ndarray, "node k"],
) -> Passes:
    """Return the lowest pass between every two basins that touch."""
    passes: Passes = {int(seat): {} for seat in np.unique(bottom)}
    node, direction = np.nonzero(neighbours >= 0)
    other = neighbours[node, direction]
    border = bottom[node] != bottom[other]
    for i, j in zip(node[border].tolist(), other[border].tolist(), strict=True):
        higher = i if rank[i] > rank[j] else j
        known = passes[int(bottom[i])].setdefault(int(bottom[j]), higher)
        if rank[higher] < rank[known]:
            passes[int(bottom[i])][int(bottom[j])] = higher
    return passes


def _depth(
    seat: int,
    out: dict[int, int],
    heights: Float64[np.ndarray, " node"],
    rank: Int64[np.ndarray, " node"],
) -> tuple[float, int]:
    """Return how far the seat lies below its lowest pass; equal depths are told apart by the
    seat's rank.
    """
    lowest = min(out.values(), key=lambda node: rank[node])
    return float(heights[lowest] - heights[seat]), int(rank[seat])


def _absorb(passes: Passes, keep: int, lose: int, rank: Int64[np.ndarray, " node"]) -> None:
    """Give the passes of `lose` to `keep`."""
    for other, node in passes.pop(lose).items():
        del passes[other][lose]
        if other != keep:
            lowest = min(node, passes[keep].get(other, node), key=lambda n: rank[n])
            passes[keep][other] = passes[other][keep] = lowest
