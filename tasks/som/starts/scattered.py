"""The start `random`: every node anywhere in the box that the samples fill, uniformly."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import source


@dataclass(frozen=True)
class Scattered:
    """Nodes without order, in the range of each feature."""

    def __call__(
        self, samples: Any, lattice: Lattice, generator: np.random.Generator
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the starting weights."""
        given = source.of(samples)
        size = (lattice.rows * lattice.cols, given.features)
        return generator.uniform(*source.box(given), size=size)
