"""Impressions that are steady in time: the oscillators of one place in successive frames pull each
other.

A value y in [0, 1] of the impression of frame t is a phase, as in the alignment of luminance
(`tasks.kuramoto.alignment`), and its neighbours are those of the frames before and after,

    θ_t ← θ_t + strength Σ_{s = t ± 1} w_{ts} sin(θ_s − θ_t),    θ = arccos(2y − 1),
    w_{ts} = exp(−(y_t − y_s)² / 2 likeness²).

So a cell that flickers between two nodes of the map comes to rest between them, and one that
really changes, by more than `likeness`, is let go. Two neighbours of weight 1 have the row sum 2,
hence strength ≤ 1/2. After n iterations a frame depends on n frames to either side and on no
other: it can be computed alone.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

from tasks.kuramoto.alignment import to_luminance, to_phase
from tasks.kuramoto.coupling import pull
from tasks.kuramoto.stencil import Stencil


@dataclass(frozen=True)
class Chain:
    """`likeness` in units of the values; `iterations` is the number of frames to either side."""

    strength: float
    likeness: float
    iterations: int

    def __call__(
        self, values: Float32[np.ndarray, "frame value"], here: int
    ) -> Float32[np.ndarray, " value"]:
        """Return the values of frame `here` of a window, aligned with those around it."""
        if not self.iterations:
            return values[here]
        phase = to_phase(values.astype(np.float64))
        for _ in range(self.iterations):
            phase = phase + self.strength * pull(self.coupling(to_luminance(phase)), phase)
        return to_luminance(phase[here]).astype(np.float32)

    def coupling(self, values: Float[np.ndarray, "frame value"]) -> Stencil:
        """Return the coupling w of each value with the one before it and the one after it."""
        gap = np.diff(values, axis=0)
        weight = np.exp(-(gap * gap) / (2 * self.likeness**2))
        return Stencil((values.shape[0], values.shape[1]), [(1, 0)], [weight])
