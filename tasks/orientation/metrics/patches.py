r"""Sliced Wasserstein distance of patches.

All `side` × `side` patches of a picture, `stride` pixels apart, are projected on random directions
of unit length; per direction, the projections of all patches of a set are one law on the line. The
distance is the mean of W₁ over the directions (Rabin et al. 2012, Wasserstein barycenter and its
application to texture mixing). It sees what a patch shows, and nothing beyond.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64
from numpy.lib.stride_tricks import sliding_window_view

from tasks.orientation.metrics.histogram import Bins
from tasks.orientation.metrics.metric import Descriptions, Mean, Pictures, values

COUNT = 256


@dataclass(frozen=True)
class Patches:
    """Patches and `directions`; `seed` names the directions."""

    side: int
    stride: int
    directions: int
    seed: int

    @cached_property
    def bins(self) -> Bins:
        """Bins over all that a projection of values in [−1, 1] can be."""
        return Bins(-float(self.side), float(self.side), COUNT)

    @cached_property
    def basis(self) -> Float64[np.ndarray, "pixel direction"]:
        """The directions, as columns of unit length."""
        rng = np.random.default_rng(self.seed)
        columns = rng.standard_normal((self.side**2, self.directions))
        return columns / np.linalg.norm(columns, axis=0)

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return a histogram per direction, one after the other."""
        rows = []
        for picture in values(pictures):
            windows = sliding_window_view(picture, (self.side, self.side))
            windows = windows[:: self.stride, :: self.stride].reshape(-1, self.side**2)
            rows.append(self.bins.shares((windows @ self.basis).T).ravel())
        return np.stack(rows)

    def compare(self, first: Mean, second: Mean) -> float:
        """Return the mean W₁, in units of the values."""
        shape = (self.directions, COUNT)
        return float(self.bins.wasserstein(first.reshape(shape), second.reshape(shape)).mean())
