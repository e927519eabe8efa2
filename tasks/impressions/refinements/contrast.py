"""Contrast normalisation: contrast-limited adaptive histogram equalisation (Zuiderveld 1994);
scikit-image's.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.impressions.refinements.registry import Plane


@dataclass(frozen=True)
class Contrast:
    """Histograms over tiles of `tile` × `tile` cells, clipped at the share `limit`."""

    channels: list[str]
    tile: Annotated[int, Field(ge=2, le=256)]
    limit: Annotated[float, Field(gt=0, le=1)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the equalised plane; a constant one is returned as it is."""
        from skimage.exposure import equalize_adapthist

        if np.ptp(plane) == 0:
            return plane
        spread = equalize_adapthist(plane, kernel_size=self.tile, clip_limit=self.limit)
        return spread.astype(np.float32)
