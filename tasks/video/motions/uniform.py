"""A motion to compare with: the whole picture circles, without any map.

d(x, t) = a · (cos θ₀(t), sin θ₀(t)), with θ₀ the phase of the first node.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from tasks.video.motions.displacement import Displacement


@dataclass(frozen=True)
class Uniform:
    """`amplitude` in widths of the picture."""

    amplitude: Annotated[float, Field(ge=0, le=1)]

    def __call__(
        self,
        phase: Float[np.ndarray, "frame row col"],
        coordinates: Float[np.ndarray, "y x axis"],
    ) -> Displacement:
        """Return the displacement of every frame; all its places move alike."""
        unit = np.stack([np.cos(phase[:, 0, 0]), np.sin(phase[:, 0, 0])], axis=-1)
        grid = np.broadcast_to(unit[:, None, None], (len(phase), *coordinates.shape))
        moved = (self.amplitude * grid).astype(np.float32)
        return Displacement(moved, self.amplitude, self.amplitude)
