r"""Histograms, and the Wasserstein distance of what they count.

On the line, W₁ = ∫ |F − G| of the two distribution functions, which histograms on common bins of
the width h give at the bins' edges: the sum h Σ |F − G| is off by h at most, and much less where
the densities are smooth.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


@dataclass(frozen=True)
class Bins:
    """`count` equal bins from `low` to `high`; what lies beyond counts in the last one."""

    low: float
    high: float
    count: int

    @property
    def width(self) -> float:
        """The width of one bin."""
        return (self.high - self.low) / self.count

    def shares(
        self, samples: Float64[np.ndarray, "group sample"]
    ) -> Float64[np.ndarray, "group bin"]:
        """Return the share of each group's samples in every bin."""
        place = np.floor((samples - self.low) / self.width).astype(np.int64)
        place = np.clip(place, 0, self.count - 1) + self.count * np.arange(len(samples))[:, None]
        counts = np.bincount(place.ravel(), minlength=self.count * len(samples))
        return counts.reshape(len(samples), self.count) / samples.shape[1]

    def wasserstein(
        self, first: Float64[np.ndarray, "*group bin"], second: Float64[np.ndarray, "*group bin"]
    ) -> Float64[np.ndarray, "*group"]:
        """Return W₁ of every group, in the unit of the samples."""
        return self.width * np.abs(np.cumsum(first - second, axis=-1)).sum(-1)
