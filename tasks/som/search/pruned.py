"""Pruned search: the exact answer without most of the work, by NumPy.

Nodes lie in tiles of centre C and radius R (`tiles`). Samples are put in the order of their
nearest centre; those of one home tile are searched together. Two of the home tile's nodes bound
the distance to the second nearest: D. A tile with

    |x - C| - R > D    for every sample x of the group

holds neither of the two nearest nodes and is left out; the rest is one matrix product and the
choice of `dense`. Both sides are single-precision scores of error ε(x, W) and are widened by it
(`rounding`), so that no tile is left out wrongly. First a coarse test takes the group as a ball.

The order of the samples costs a sixteenth of the dense search. What remains falls with the size
of the map, and rises with the number of directions in which the data spread.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from tasks.som.search import dense
from tasks.som.search.nodes import Found, Nodes, slices
from tasks.som.search.rounding import SINGLE, error
from tasks.som.search.tiles import Tiles, tiles

FAR = 1e30
"""The score of a place in a tile that no node fills."""
GROUP = 256
"""Samples of one tile searched together, at most."""
SPAN = 4096
"""Samples of any tiles searched together by the compiled search."""
WIDENING = 1.0 + 2.0**-30
"""More than the roundings of distances in double precision."""


@dataclass(frozen=True)
class Plan:
    """The tiles, their nodes' scores' table and the centres as nodes."""

    nodes: Nodes
    tiles: Tiles
    centres: Nodes
    product: Float32[np.ndarray, "feature_and_one tile 16"]

    @classmethod
    def of(cls, nodes: Nodes, shape: tuple[int, int] | None) -> Self:
        """Return the plan for nodes of a lattice of `shape` (rows, columns), or without one."""
        found = tiles(nodes.weights, shape)
        product = np.where(found.nodes >= 0, nodes.product[:, found.nodes], 0.0)
        product[-1][found.nodes < 0] = FAR
        return cls(
            nodes, found, Nodes.of(found.centre, centre=nodes.centre), product.astype(np.float32)
        )

    def home(self, samples: Float32[np.ndarray, "sample feature"]) -> Int64[np.ndarray, " sample"]:
        """Return the tile of each sample's nearest centre."""
        home = np.empty(len(samples), np.int64)
        for part in slices(len(samples), dense.rows(len(self.centres.weights))):
            x = dense.centred(samples[part], self.nodes)
            home[part] = (x @ self.centres.product).argmin(axis=1)
        return home


def parts(
    samples: Float32[np.ndarray, "sample feature"], plan: Plan, chunk: int | None, *, ragged: bool
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return which samples are searched together, and their home tiles: `ragged`, those of one
    tile each, otherwise in order of their tiles.
    """
    home = plan.home(samples)
    order = np.argsort(home, kind="stable")
    home = home[order]
    borders = [0, *(np.flatnonzero(np.diff(home)) + 1).tolist()] if ragged else [0]
    rows = chunk or (GROUP if ragged else SPAN)
    ends = [*borders[1:], len(order)]
    cut = [
        slice(start, min(start + rows, end))
        for first, end in zip(borders, ends, strict=True)
        for start in range(first, end, rows)
    ]
    return [(order[part], home[part]) for part in cut]


def answer(
    samples: Float32[np.ndarray, "sample feature"],
    home: int,
    plan: Plan,
    *,
    exact: bool,
    second: bool,
) -> Found:
    """Return the units of a group of samples, whose nearest centre is that of tile `home`."""
    nodes = plan.nodes
    x = dense.centred(samples, nodes)
    last = int(second)
    farthest = np.partition(x @ plan.product[:, home], last, axis=1)[:, last]
    kept = _needed(x, farthest.astype(np.float64), plan)
    columns = plan.tiles.nodes[kept].reshape(-1)
    order = np.argsort(columns, kind="stable")[np.count_nonzero(columns < 0) :]
    columns = columns[order]
    table = plan.product[:, kept].reshape(len(plan.product), -1)[:, order]
    return dense.choose(samples, x, x @ table, nodes, exact=exact, second=second, columns=columns)


def _needed(
    x: Float32[np.ndarray, "sample feature_and_one"],
    farthest: Float64[np.ndarray, " sample"],
    plan: Plan,
) -> Int64[np.ndarray, " tile"]:
    """Return the tiles that may hold a unit of any of the samples, whose nodes of interest score
    at most `farthest`.
    """
    length, features = dense.lengths(x), x.shape[1] - 1
    slack = 4.0 * error(length, plan.nodes.longest, plan.nodes.longest, features)
    slack += 2.0 * (features + 5) * SINGLE * length**2
    limit = np.sqrt(np.maximum(length**2 + 2.0 * farthest, 0.0) + slack)
    near = np.flatnonzero(_in_reach(x[:, :-1], limit.max(), slack.max(), plan))
    distance = 2.0 * (x @ plan.centres.product[:, near]) + (length**2 - slack)[:, None]
    within = WIDENING * (limit[:, None] + plan.tiles.radius[near]) ** 2
    return near[(distance <= within).any(axis=0)]


def _in_reach(
    x: Float32[np.ndarray, "sample feature"], limit: float, slack: float, plan: Plan
) -> Bool[np.ndarray, " tile"]:
    """Return which tiles touch the ball that holds all samples, widened by `limit`."""
    middle = x.mean(axis=0, dtype=np.float64)
    spread = np.sqrt(np.sum((x - middle) ** 2, axis=1).max())
    centres = plan.tiles.centre - plan.nodes.centre
    distance = np.sqrt(np.sum((centres - middle) ** 2, axis=1))
    reach = limit + spread + np.sqrt(slack) + plan.tiles.radius
    return distance <= WIDENING * reach
