"""The start `array`: the weights of an earlier map, or any others."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import source


@dataclass(frozen=True)
class Given:
    """Nodes at given weights: (rows, cols, features) or (nodes, features)."""

    weights: Any

    def __call__(
        self, samples: Any, lattice: Lattice, generator: np.random.Generator
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the weights, a row a node.

        Raises:
            ValueError: they do not fit the lattice or the features, or are no finite numbers.
        """
        return table(self.weights, lattice, source.of(samples).features)


def table(weights: Any, lattice: Lattice, features: int) -> Float64[np.ndarray, "node feature"]:
    """Return `weights` as a new table of a row a node.

    Raises:
        ValueError: see `Given`.
    """
    try:
        given = np.array(weights)
    except ValueError:
        raise ValueError("init is no table: its rows differ in length") from None
    allowed = (
        (lattice.rows, lattice.cols, features),
        (lattice.rows * lattice.cols, features),
    )
    if given.dtype.kind not in "fiu" or given.shape not in allowed:
        raise ValueError(
            f"init is an array {given.dtype} {given.shape}; "
            f"expected numbers of shape {allowed[0]} or {allowed[1]}"
        )
    if not np.isfinite(given).all():
        raise ValueError("init holds NaN or infinity; give finite weights")
    return given.reshape(-1, features).astype(np.float64)
