"""Smoothing by entropy: busy places are blurred and plain ones kept.

    x + w (G x − x),    w = amount · H / H₁,

H being the Shannon entropy of the values (256 levels) within `radius` cells, H₁ the most that so
many cells can have, and G a Gaussian of `radius` / 2; scikit-image's.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.impressions.refinements.registry import Plane


@dataclass(frozen=True)
class EntropySmoothing:
    """Blur over `radius` cells where the entropy within as many is high."""

    channels: list[str]
    radius: Annotated[int, Field(ge=1, le=16)]
    amount: Annotated[float, Field(ge=0, le=1)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the smoothed plane."""
        from skimage.filters import gaussian
        from skimage.filters.rank import entropy
        from skimage.morphology import disk

        around = np.asarray(disk(self.radius))
        most = np.log2(min(around.sum(), 256))
        levels = np.rint(255 * plane.clip(0, 1)).astype(np.uint8)
        share = np.float32(self.amount) * entropy(levels, around) / most
        smooth = gaussian(plane, sigma=self.radius / 2, mode="nearest")
        return (plane + share * (smooth - plane)).astype(np.float32)
