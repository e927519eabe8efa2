"""Waves of position.

The local order parameter of the phases, Z = G₁ * exp(iθ) on the lattice, is read at the map
coordinates (i, j) of each cell and smoothed in the picture plane:

    d(x, t) = a · (Re, Im) (G_σ * Z(i(x), j(x), t)).

With the position among the features of the map this is its nodes circling about their places,
w_xy(t) = w_xy + a (cos θ, sin θ), while their colours stay. Z vanishes where neighbours disagree,
so that d is continuous wherever the map is torn. The amplitude a is the one asked for or the
largest with det(I + ∇d) ≥ `least_determinant` in every frame, whichever is smaller.
"""

import logging
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from tasks.video.motions.displacement import Displacement, safe_amplitude
from tasks.video.motions.local_order import local_order

log = logging.getLogger("impression_fields")


@dataclass(frozen=True)
class PositionWaves:
    """`amplitude` and `smoothing` (σ) in widths of the picture, `coherence` in nodes."""

    amplitude: Annotated[float, Field(ge=0, le=1)]
    smoothing: Annotated[float, Field(gt=0, le=1)]
    coherence: Annotated[float, Field(ge=0, le=16)]
    least_determinant: Annotated[float, Field(gt=0, lt=1)]

    def __call__(
        self, phase: Float[np.ndarray, "frame row col"], coordinates: Float[np.ndarray, "y x axis"]
    ) -> Displacement:
        """Return the displacement of every frame, on the grid of the cells."""
        unit = np.stack(
            [
                local_order(field, coordinates, coherence=self.coherence, smoothing=self.smoothing)
                for field in phase
            ]
        )
        safe = min(safe_amplitude(field, self.least_determinant) for field in unit)
        amplitude = min(self.amplitude, safe)
        if amplitude < self.amplitude:
            log.warning(
                "video.motion.amplitude: %.4g of the width would tear the picture; limited to %.4g"
                ", where det(I + grad d) stays >= %g",
                self.amplitude,
                amplitude,
                self.least_determinant,
            )
        return Displacement((amplitude * unit).astype(np.float32), amplitude, self.amplitude)
