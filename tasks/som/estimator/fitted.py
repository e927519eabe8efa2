"""A fitted map: the nodes, the coordinates that they are in, and the sums that made them."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from tasks.som.estimator.origin import Origin
from tasks.som.estimator.stochastic import Sums
from tasks.som.lattices.lattice import Lattice
from tasks.som.search.best_matching_units import Match


class Fitted(NamedTuple):
    """What `partial_fit` goes on from and `predict` needs; `steps` counts epochs and parts."""

    nodes: Float64[np.ndarray, "node feature"]
    origin: Origin
    sums: Sums | None
    steps: int


class Curves(NamedTuple):
    """Of each epoch: the neighbourhood's width, quantization and topographic error."""

    sigma: tuple[float, ...]
    quantization_error: tuple[float, ...]
    topographic_error: tuple[float, ...]


def mean_distance(matches: Iterable[Match]) -> float:
    """Return the mean distance to the best matching unit over all parts, from an exact sum: parts
    and order make no difference. Samples without a unit are left out; NaN if there is no other.
    """
    count = 0

    def placed() -> Iterable[float]:
        nonlocal count
        for match in matches:
            distances = match.distance[match.best >= 0]
            count += len(distances)
            yield from distances.tolist()

    total = math.fsum(placed())
    return total / count if count else math.nan


def share_not_adjacent(matches: Iterable[Match], lattice: Lattice) -> float:
    """Return the topographic error over all parts; 0 on a map of one node, NaN without samples
    that have a unit.
    """
    count, broken = 0, 0
    for match in matches:
        here = match.best >= 0
        count += int(np.count_nonzero(here))
        if lattice.rows * lattice.cols > 1:
            broken += int(np.sum(~lattice.adjacent(match.best[here], match.second[here])))
    return broken / count if count else math.nan
