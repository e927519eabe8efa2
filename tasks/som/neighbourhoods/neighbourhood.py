"""How far a sample pulls the nodes around its best matching unit.

A neighbourhood is given as a sum of products of a row factor and a column factor, so that a sum
over all pairs of nodes never needs the matrix of all pairs:

    h(Δrow, Δcol) = Σ_t p_t(Δrow) q_t(Δcol).

The Gaussian is one such term,

    h = exp(-(Δrow² + Δcol²) / 2σ²) = exp(-Δrow² / 2σ²) · exp(-Δcol² / 2σ²).

Differences are those of positions: on a hexagonal lattice neighbours lie one step apart, on a
torus the way is the shortest one.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float64

Factors = tuple[Float64[np.ndarray, "row row"], Float64[np.ndarray, "col col"]]


class Neighbourhood(Protocol):
    """A variant of `tasks.som.registry.NEIGHBOURHOODS`."""

    def __call__(
        self,
        rows: Float64[np.ndarray, "row row"],
        cols: Float64[np.ndarray, "col col"],
        sigma: float,
    ) -> tuple[Factors, ...]:
        """Return the terms (p_t, q_t) at the differences `rows` and `cols`, for the width `sigma`
        (lattice units, > 0).
        """
        ...


@dataclass(frozen=True)
class Gaussian:
    """The normal density's shape, 1 at the best matching unit."""

    def __call__(
        self,
        rows: Float64[np.ndarray, "row row"],
        cols: Float64[np.ndarray, "col col"],
        sigma: float,
    ) -> tuple[Factors, ...]:
        """Return the single term (exp(-Δrow² / 2σ²), exp(-Δcol² / 2σ²))."""
        return ((np.exp(-(rows**2) / (2 * sigma**2)), np.exp(-(cols**2) / (2 * sigma**2))),)
