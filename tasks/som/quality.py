"""How well a map fits and how well it is ordered.

quantization error   mean over samples of |x - w_c(x)|
topographic error    share of samples whose two best matching units are not adjacent: of eight
                     neighbours on squares, six on hexagons (Kiviluoto 1996)
U-matrix             mean distance of a node to its neighbours (Ultsch 1990): low within clusters,
                     high between them
hits                 number of samples a node is the best matching unit of
"""

import numpy as np
from jaxtyping import Float64, Int, Int64

from tasks.som.lattices.lattice import Lattice
from tasks.som.samples.exact_sums import total
from tasks.som.search.best_matching_units import Match


def quantization_error(match: Match) -> float:
    """Return the mean distance, correctly rounded: the samples' order makes no difference."""
    return float(total(match.distance[:, None]).mean(len(match.distance))[0])


def topographic_error(match: Match, lattice: Lattice) -> float:
    """Return the share in [0, 1]; 0 on a map of one node, which has no order to break."""
    if lattice.rows * lattice.cols == 1:
        return 0.0
    return 1.0 - float(np.count_nonzero(lattice.adjacent(match.best, match.second))) / len(
        match.best
    )


def u_matrix(
    weights: Float64[np.ndarray, "node feature"], lattice: Lattice
) -> Float64[np.ndarray, "row col"]:
    """Return the mean distance of each node to the nodes around it; 0 on a map of one node."""
    neighbours = lattice.neighbours()
    inside = neighbours >= 0
    distance = np.empty(neighbours.shape)
    for direction, other in enumerate(neighbours.T):
        distance[:, direction] = np.sqrt(np.sum((weights[other] - weights) ** 2, axis=1))
    mean = np.where(inside, distance, 0.0).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    return mean.reshape(lattice.rows, lattice.cols)


def hits(best: Int[np.ndarray, " sample"], lattice: Lattice) -> Int64[np.ndarray, "row col"]:
    """Return the number of samples of each node."""
    return np.bincount(best, minlength=lattice.rows * lattice.cols).reshape(
        lattice.rows, lattice.cols
    )
