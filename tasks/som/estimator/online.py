"""The online self-organizing map: one sample at a time.

Kohonen's original rule is a difference equation. At step t the sample x is shown, its best
matching unit c is found, and every node moves towards x,

    w_i(t + 1) = w_i(t) + α(t) h_{σ(t)}(i, c) (x - w_i(t)),

with a rate α and a width σ that shrink. All is double precision, and the answer is MiniSom's
within rounding. The batch rule (`training`) is the same equation's fixed point for a given
assignment of samples to units; it needs no rate, and far less time.

A Gaussian beyond 6.5 σ is below 7e-10. With a window, only nodes within so many widths of the unit
move.
"""

import math
from collections.abc import Iterable, Iterator

import numpy as np
from jaxtyping import Float, Float64, Int64

from tasks.som.lattices.lattice import Lattice
from tasks.som.neighbourhoods.neighbourhood import Neighbourhood

Chance = np.random.Generator | np.random.RandomState


def order(samples: int, steps: int, chance: Chance | None = None) -> Int64[np.ndarray, " step"]:
    """Return the sample of each step: in turn, or those shuffled by `chance`."""
    turns = np.arange(steps) % samples
    if chance is not None:
        chance.shuffle(turns)
    return turns


def train(
    samples: Float[np.ndarray, "sample feature"],
    weights: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    neighbourhood: Neighbourhood,
    *,
    shown: Int64[np.ndarray, " step"],
    sigmas: Iterable[float],
    rates: Iterable[float],
    every: int,
    window: float | None = None,
) -> Iterator[Float64[np.ndarray, "node feature"]]:
    """Yield a copy of the weights after `every` steps, and at the end.

    Step t shows sample `shown[t]` at the t-th of the widths `sigmas` and of the rates `rates`,
    which may be made as they are asked for; `window` is in widths.
    """
    grid = weights.astype(np.float64).reshape(lattice.rows, lattice.cols, -1)
    steps = zip(shown, sigmas, rates, strict=True)
    for step, (sample, sigma, rate) in enumerate(steps):
        apart = samples[sample] - grid
        unit = int(np.einsum("rcf,rcf->rc", apart, apart).argmin())
        place = lattice.differences(unit)
        reach = math.inf if window is None else window * sigma
        pull, here = _pull(place, neighbourhood, sigma=sigma, reach=reach)
        grid[here] += (rate * pull)[:, :, None] * apart[here]
        if (step + 1) % every == 0 or step + 1 == len(shown):
            yield grid.reshape(weights.shape).copy()


def _pull(
    place: tuple[Float64[np.ndarray, "row column"], Float64[np.ndarray, "1 col"]],
    neighbourhood: Neighbourhood,
    *,
    sigma: float,
    reach: float,
) -> tuple[Float64[np.ndarray, "near close"], tuple[slice, slice]]:
    """Return h for the nodes within `reach`, and where on the lattice those are."""
    down, right = place
    if reach < math.inf:
        rows, cols = _within(np.abs(down).min(axis=1), reach), _within(np.abs(right[0]), reach)
        down, right = down[rows, cols if down.shape[1] > 1 else slice(None)], right[:, cols]
    else:
        rows, cols = slice(None), slice(None)
    terms = neighbourhood(down, right, sigma)
    return np.sum([p * q for p, q in terms], axis=0), (rows, cols)


def _within(distances: Float64[np.ndarray, " place"], reach: float) -> slice:
    """Return the narrowest slice that holds all places within `reach`: all of them where a torus
    wraps.
    """
    near = np.flatnonzero(distances <= reach)
    return slice(int(near[0]), int(near[-1]) + 1)


def progress(steps: int) -> Float64[np.ndarray, " step"]:
    """Return t / T of each step; MiniSom's decays never quite reach their end."""
    return np.arange(steps) / steps
