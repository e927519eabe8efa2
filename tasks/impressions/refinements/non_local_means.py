"""Non-local means: each cell becomes the mean of cells whose surroundings look like its own
(Buades et al. 2005); scikit-image's.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.impressions.refinements.registry import Plane


@dataclass(frozen=True)
class NonLocalMeans:
    """Surroundings of `patch` × `patch` cells, looked for up to `distance` cells away; `likeness`
    is the difference that still counts as alike.
    """

    channels: list[str]
    likeness: Annotated[float, Field(gt=0, le=1)]
    patch: Annotated[int, Field(ge=1, le=15)]
    distance: Annotated[int, Field(ge=1, le=32)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the averaged plane."""
        from skimage.restoration import denoise_nl_means

        averaged = denoise_nl_means(
            plane, patch_size=self.patch, patch_distance=self.distance, h=self.likeness
        )
        return averaged.astype(np.float32)
