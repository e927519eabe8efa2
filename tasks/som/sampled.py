"""The start `sample`: every node at a sample drawn by chance.

Samples are drawn without repetition where there are at least as many as nodes.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from tasks.som.lattice import Lattice


@dataclass(frozen=True)
class Sampled:
    """Nodes at samples."""

    def __call__(
        self,
        values: Float[np.ndarray, "sample feature"],
        lattice: Lattice,
        generator: np.random.Generator,
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the starting weights."""
        nodes = lattice.rows * lattice.cols
        chosen = generator.choice(len(values), nodes, replace=len(values) < nodes)
        return values[chosen].astype(np.float64)
