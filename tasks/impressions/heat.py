"""Heat: how near a node lies to each of the largest basins.

    heat_k = exp(−d² / 2 width²),

d being the straight distance on the lattice (in nodes; a torus is not wrapped) from the node to
the seat of the k-th largest basin. A basin is hot at its seat and cools outwards across its
borders, as a class's heat map does.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Heat:
    """Heat maps of the `basins` largest basins; where there are fewer, the others stay cold."""

    basins: Annotated[int, Field(ge=1, le=64)]
    width: Annotated[float, Field(gt=0, le=1024, description="nodes")]

    units: ClassVar[str] = "1"

    @property
    def channels(self) -> tuple[str, ...]:
        """The names heat_1, heat_2, ..."""
        return tuple(f"heat_{number + 1}" for number in range(self.basins))

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return the heat of each basin at every node, in (0, 1]."""
        cluster = nodes.basins.cluster
        sizes = np.bincount(cluster.ravel())
        largest = np.argsort(-sizes, kind="stable")[: self.basins]
        places = np.argwhere(np.ones_like(cluster, dtype=bool))
        heat = np.zeros((cluster.size, self.basins))
        for number, basin in enumerate(largest):
            seat = nodes.basins.seat[cluster == basin][0]
            square = ((places - seat) ** 2).sum(axis=-1)
            heat[:, number] = np.exp(-square / (2 * self.width**2))
        return heat
