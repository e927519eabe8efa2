"""The batch self-organizing map.

Kohonen's batch rule (Essentials of the self-organizing map, Neural Networks 37, 2013, eq. 8) sets
each node to the average of all samples, weighted by the neighbourhood h of width σ around their
best matching units c(x):

    w_i = Σ_x h(i, c(x)) x / Σ_x h(i, c(x)) = Σ_j h(i, j) S_j / Σ_j h(i, j) N_j,

S_j and N_j being the sum and the number of the samples whose unit is j. The sums are taken in
double precision over samples on a grid (`fixed_point`) and so are exact; the smoothing by h is
separable (`neighbourhood`). Nothing depends on the samples' order.
"""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tasks.som.best_matching_units import on_host, search
from tasks.som.lattice import Lattice
from tasks.som.neighbourhood import Neighbourhood
from tasks.som.quality import quantization_error, topographic_error

FAINTEST = 1e-290
"""Below this, a node hears no sample: the division would lose precision, so the node keeps its
weights.
"""


class Epoch(NamedTuple):
    """The map after one epoch, and how well it fits."""

    weights: Float64[np.ndarray, "node feature"]
    sigma: float
    quantization_error: float
    topographic_error: float
    refined: float


def train(
    samples: Float32[np.ndarray, "sample feature"],
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    sigmas: Sequence[float],
    *,
    exact: bool = True,
    chunk: int | None = None,
    xp: ModuleType = np,
) -> Iterator[Epoch]:
    """Yield the map after each epoch, beginning from `weights`; epoch e has the neighbourhood's
    width `sigmas[e]`.

    `samples` are standardised and, for results that no order changes, on the grid
    (`fixed_point.samples`). An epoch depends on the weights before it alone, so that training goes
    on from any epoch's weights with the same bits.
    """
    data = xp.asarray(samples)
    match = search(data, xp.asarray(weights), exact=exact, chunk=chunk, xp=xp)
    for sigma in sigmas:
        weights = update(
            samples, on_host(match).best, weights, lattice, neighbourhood, sigma=sigma
        )
        match = search(data, xp.asarray(weights), exact=exact, chunk=chunk, xp=xp)
        host = on_host(match)
        yield Epoch(
            weights,
            sigma,
            quantization_error(host),
            topographic_error(host, lattice),
            match.refined,
        )


def update(
    samples: Float32[np.ndarray, "sample feature"],
    best: Int64[np.ndarray, " sample"],
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    *,
    sigma: float,
) -> Float64[np.ndarray, "node feature"]:
    """Return the weights after one application of the batch rule."""
    nodes = len(weights)
    totals = [np.bincount(best, minlength=nodes).astype(np.float64)]
    totals += [np.bincount(best, weights=column, minlength=nodes) for column in samples.T]
    smoothed = lattice.smooth(np.stack(totals, axis=1), neighbourhood, sigma)
    heard = smoothed[:, :1] > FAINTEST
    return np.where(heard, smoothed[:, 1:] / np.where(heard, smoothed[:, :1], 1.0), weights)
