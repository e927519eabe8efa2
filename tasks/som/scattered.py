"""The start `random`: every node anywhere in the box that the samples fill, uniformly."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from tasks.som.lattice import Lattice


@dataclass(frozen=True)
class Scattered:
    """Nodes without order, in the range of each feature."""

    def __call__(
        self,
        values: Float[np.ndarray, "sample feature"],
        lattice: Lattice,
        generator: np.random.Generator,
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the starting weights."""
        size = (lattice.rows * lattice.cols, values.shape[1])
        lowest, highest = values.min(axis=0), values.max(axis=0)
        return generator.uniform(lowest, highest, size=size)
