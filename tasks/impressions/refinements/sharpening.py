"""Sharpening: what regions differ by from their surroundings is made stronger.

    x + amount · (x − G x)

(unsharp masking), G x being the plane blurred over `radius` cells: the size of the regions that
are set off; scikit-image's.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.impressions.refinements.registry import Plane


@dataclass(frozen=True)
class Sharpening:
    """Unsharp masking with a Gaussian of `radius` cells."""

    channels: list[str]
    radius: Annotated[float, Field(gt=0, le=32)]
    amount: Annotated[float, Field(ge=0, le=8)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the sharpened plane."""
        from skimage.filters import unsharp_mask

        return unsharp_mask(plane, radius=self.radius, amount=self.amount).astype(np.float32)
