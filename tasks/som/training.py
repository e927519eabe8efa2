"""The batch self-organizing map.

Kohonen's batch rule (Essentials of the self-organizing map, Neural Networks 37, 2013, eq. 8) sets
each node to the average of all samples, weighted by the neighbourhood h of width σ around their
best matching units c(x):

    w_i = Σ_x h(i, c(x)) x / Σ_x h(i, c(x)) = Σ_j h(i, j) S_j / Σ_j h(i, j) N_j,

S_j and N_j being the sum and the number of the samples whose unit is j. The sums are taken in
double precision over samples on a grid (`fixed_point`) and so are exact; the smoothing by h is
separable (`neighbourhood`). Nothing depends on the samples' order, unless shares of them are taken
(`growth`).

An epoch is one pass: for each block of samples, a `Tally` of the weights before it, which depends
on these and the block alone; tallies are added. Blocks may therefore be tallied anywhere and in
any number at a time. The tally that gives the next weights also says how well the present ones
fit, so that both measures cost nothing more than the second best matching unit.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from types import ModuleType
from typing import Any, NamedTuple, Unpack

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tasks.core.backend import to_numpy
from tasks.som.lattices.lattice import Lattice
from tasks.som.neighbourhoods.neighbourhood import Neighbourhood
from tasks.som.samples import source
from tasks.som.samples.exact_sums import Total, total
from tasks.som.samples.node_sums import Sums, sums
from tasks.som.search import compiled
from tasks.som.search.best_matching_units import Way, on_host, search

FAINTEST = 1e-290
"""Below this, a node hears no sample: the division would lose precision, so the node keeps its
weights.
"""


class Epoch(NamedTuple):
    """The map after one epoch, and how well it fits the samples of the pass that follows."""

    weights: Float64[np.ndarray, "node feature"]
    sigma: float
    quantization_error: float
    topographic_error: float
    refined: float


Tallying = Callable[..., "Tally"]
"""A block, the nodes and the lattice in (see `tallied`), the block's tally out."""


@dataclass(frozen=True)
class Tally:
    """What the samples of some blocks say about a map; tallies are added by `+`."""

    rows: int
    sums: Sums
    distance: Total
    adjacent: int
    refined: int

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both."""
        return Tally(
            self.rows + other.rows,
            self.sums + other.sums,
            self.distance + other.distance,
            self.adjacent + other.adjacent,
            self.refined + other.refined,
        )

    def epoch(self, weights: Float64[np.ndarray, "node feature"], sigma: float) -> Epoch:
        """Return the epoch that led to `weights`, measured by this tally of them."""
        one, rows = len(weights) == 1, max(self.rows, 1)
        return Epoch(
            weights,
            sigma,
            float(self.distance.mean(rows)[0]),
            0.0 if one else 1.0 - self.adjacent / rows,
            self.refined / rows,
        )


def train(
    samples: Any,
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    sigmas: Sequence[float],
    *,
    shares: Sequence[float] | None = None,
    measured: bool = True,
    tally: Tallying | None = None,
    passing: Callable[..., Tally] | None = None,
    block: int = source.BLOCK,
    xp: ModuleType = np,
    **way: Unpack[Way],
) -> Iterator[Epoch]:
    """Yield the map after each epoch, beginning from `weights`; epoch e has the neighbourhood's
    width `sigmas[e]` and is trained on the share `shares[e]` of the samples (default: all).

    `samples` (an array or a `Source`) are standardised, single precision and, for results that no
    order changes, on the grid (`fixed_point.samples`). `block` is the number of rows of an array
    that are looked at together; `tally` looks at a block (default: `tallied`), `passing` at all of
    them (default: `survey`, whose arguments it has). An epoch depends on
    the weights before it alone, so that training goes on from any epoch's weights with the same
    bits. An epoch's errors are over the samples that the next one is trained on, the last epoch's
    over all, by one more pass; NaN where it is not `measured`.

    Raises:
        ValueError: see `refuse_collapse`.
    """
    for sigma in sigmas:
        refuse_collapse(lattice, neighbourhood, sigma)
    given = source.of(samples, block=block, xp=xp)
    passes = (*(shares if shares is not None else (1.0,) * len(sigmas)), 1.0)
    if xp is np:  # whether compiling pays is a matter of the whole training
        work = given.rows * len(passes), len(weights), given.features
        way.setdefault("jit", compiled.worthwhile(*work))
    look = partial(passing or survey, given, lattice=lattice, tally=tally, xp=xp, **way)
    found = look(weights, share=passes[0])
    for left, sigma, share in zip(range(len(sigmas) - 1, -1, -1), sigmas, passes[1:], strict=True):
        weights = weights_from(found.sums, weights, lattice, neighbourhood, sigma=sigma)
        if not (left or measured):
            yield Epoch(weights, sigma, math.nan, math.nan, math.nan)
            return
        found = look(weights, share=share)
        yield found.epoch(weights, sigma)


def refuse_collapse(lattice: Lattice, neighbourhood: Neighbourhood, sigma: float) -> None:
    """Refuse a width at which every node hears all samples alike.

    All nodes would then coincide, all samples have the same unit, and no later epoch could tell
    the nodes apart.

    Raises:
        ValueError: the neighbourhood is the same all over the map.
    """
    corner = np.zeros((lattice.rows * lattice.cols, 1))
    corner[0] = 1.0
    if len(corner) > 1 and not np.ptp(lattice.smooth(corner, neighbourhood, sigma)):
        raise ValueError(
            f"sigma is {sigma:g}, at which the neighbourhood covers all {lattice.rows} x "
            f"{lattice.cols} nodes alike and the map would shrink to a point; lower it"
        )


def survey(
    samples: source.Source,
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    *,
    share: float = 1.0,
    tally: Tallying | None = None,
    xp: ModuleType = np,
    **way: Unpack[Way],
) -> Tally:
    """Return the tally of a share of the samples, block by block in order."""
    look, nodes = tally or tallied, xp.asarray(weights)
    return reduce(
        add,
        (look(block, nodes, lattice, xp=xp, **way) for block in samples.blocks(share)),
    )


def tallied(
    block: Float32[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    *,
    xp: ModuleType = np,
    **way: Unpack[Way],
) -> Tally:
    """Return the tally of one block under the weights `nodes` (of `xp`)."""
    data = xp.asarray(block, dtype=xp.float32)
    match = search(data, nodes, shape=(lattice.rows, lattice.cols), xp=xp, **way)
    host = on_host(match)
    return Tally(
        len(block),
        to_numpy(sums(data, match.best, len(nodes), xp=xp)),
        total(host.distance[:, None]),
        int(np.count_nonzero(lattice.adjacent(host.best, host.second))),
        round(match.refined * len(block)),
    )


def weights_from(
    sums: Float64[np.ndarray, "node count+feature"],
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    *,
    sigma: float,
) -> Float64[np.ndarray, "node feature"]:
    """Return the weights that the batch rule makes of `sums`, numbers first (one, or one a
    feature); what hears no sample stays as in `weights`.
    """
    smoothed = lattice.smooth(sums, neighbourhood, sigma)
    counts, values = np.split(smoothed, [smoothed.shape[1] - weights.shape[1]], axis=1)
    heard = counts > FAINTEST
    return np.where(heard, values / np.where(heard, counts, 1.0), weights)


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
    return weights_from(
        sums(samples, best, len(weights)), weights, lattice, neighbourhood, sigma=sigma
    )
