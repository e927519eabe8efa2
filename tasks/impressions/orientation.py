"""Orientation: which way the prototype's luma changes, and how clearly.

With the mean gradient's magnitude ⟨m⟩ and its double-angle vector ⟨m cos 2θ⟩, ⟨m sin 2θ⟩ (features
`edge`, `edge_cos2`, `edge_sin2`), the coherence is c = |⟨m e^{2iθ}⟩| / ⟨m⟩ in [0, 1] and

    orientation_cos = ½ (1 + c cos 2θ),    orientation_sin = ½ (1 + c sin 2θ).

Both are ½ where there is no orientation. θ is the direction in which luma changes; the edge itself
runs across it, which changes the sign of c cos 2θ and c sin 2θ. The doubled angle has no seam:
θ and θ + π are the same line.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Orientation:
    """The features `edge_cos2` and `edge_sin2` as shares of `edge`."""

    channels: ClassVar[tuple[str, ...]] = ("orientation_cos", "orientation_sin")
    units: ClassVar[str] = "1, ½ is no orientation"

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return the doubled angle's cosine and sine, times coherence, moved to [0, 1]."""
        parts = np.stack([nodes.feature("edge_cos2"), nodes.feature("edge_sin2")], axis=-1)
        length = np.hypot(*parts.T)
        whole = np.maximum(nodes.feature("edge"), length)[:, None]
        return (1 + parts / np.where(whole > 0, whole, 1.0)) / 2
