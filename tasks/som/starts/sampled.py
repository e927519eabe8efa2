"""The start `sample`: every node at a sample drawn by chance.

Samples are drawn without repetition where there are at least as many as nodes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import source


@dataclass(frozen=True)
class Sampled:
    """Nodes at samples."""

    def __call__(
        self, samples: Any, lattice: Lattice, generator: np.random.Generator
    ) -> Float64[np.ndarray, "node feature"]:
        """Return the starting weights."""
        given, nodes = source.of(samples), lattice.rows * lattice.cols
        chosen = generator.choice(given.rows, nodes, replace=given.rows < nodes)
        weights, start = np.empty((nodes, given.features)), 0
        for block in given.blocks():
            here = (start <= chosen) & (chosen < start + len(block))
            weights[here] = block[chosen[here] - start]
            start += len(block)
        return weights
