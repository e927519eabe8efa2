"""A fitted map: the nodes, the coordinates that they are in, and the sums that made them."""

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

from tasks.som.estimator.origin import Origin
from tasks.som.estimator.stochastic import Sums
from tasks.som.lattices.lattice import Lattice
from tasks.som.samples.exact_sums import total
from tasks.som.search.best_matching_units import Match
from tasks.som.training import Tally


class Fitted(NamedTuple):
    """What `partial_fit` goes on from and `predict` needs; `steps` counts epochs and parts."""

    nodes: Float64[np.ndarray, "node feature"]
    origin: Origin
    sums: Sums | None
    steps: int

    def moved(self, origin: Origin) -> "Fitted":
        """Return the same map in the coordinates of `origin`: with those of before c, s, and c',
        s' now, a node is w' = (w s + c - c') / s', and the sums are S' = (S s + N (c - c')) / s'.
        """
        factor = self.origin.scale / origin.scale
        shift = (self.origin.centre - origin.centre) / origin.scale
        sums = self.sums
        if sums is not None:
            counts, values = np.split(sums, [sums.shape[1] - self.nodes.shape[1]], axis=1)
            sums = np.hstack([counts, values * factor + counts * shift])
        return Fitted(self.nodes * factor + shift, origin, sums, self.steps)


class Curves(NamedTuple):
    """Of each epoch: the neighbourhood's width, quantization and topographic error."""

    sigma: tuple[float, ...]
    quantization_error: tuple[float, ...]
    topographic_error: tuple[float, ...]

    def rescaled(self, factor: float) -> "Curves":
        """Return the curves with distances multiplied by `factor`."""
        errors = tuple(error * factor for error in self.quantization_error)
        return self._replace(quantization_error=errors)


class Errors(NamedTuple):
    """How well a map fits samples: the mean distance to the best matching unit, and the share of
    samples whose two best units are not adjacent; NaN where no sample has a unit.
    """

    quantization: float
    topographic: float


def errors(matches: Iterable[Match], lattice: Lattice) -> Errors:
    """Return the errors over all parts, by the tallies of training: parts and order make no
    difference. Samples without a unit are left out.
    """
    tally = reduce(add, (_tally(match, lattice) for match in matches))
    if not tally.rows:
        return Errors(math.nan, math.nan)
    epoch = tally.epoch(np.empty((lattice.rows * lattice.cols, 0)), math.nan)
    return Errors(epoch.quantization_error, epoch.topographic_error)


def _tally(match: Match, lattice: Lattice) -> Tally:
    here = match.best >= 0
    return Tally(
        int(np.count_nonzero(here)),
        np.zeros((0, 0)),
        total(match.distance[here, None]),
        int(np.count_nonzero(lattice.adjacent(match.best[here], match.second[here]))),
        0,
    )
