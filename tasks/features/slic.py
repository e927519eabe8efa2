"""Regions: the mean colour of the superpixels that a cell belongs to.

SLIC (Achanta et al., SLIC Superpixels Compared to State-of-the-Art Superpixel Methods, PAMI 34,
2012) clusters the pixels of a picture by colour and place, one cluster about every `size` pixels;
`compactness` weighs place against colour. Each pixel is painted with the mean CIELAB colour of its
superpixel, and a cell shows the mean over its pixels. Unlike the mean of the cell itself, it does
not mix the two sides of an edge, unless the cell straddles it.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float32, Int, UInt8
from pydantic import Field

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Slic:
    """Mean CIELAB colour of superpixels about `size` pixels wide."""

    weight: Weight
    size: Annotated[int, Field(ge=2, le=1024)]
    compactness: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
    channels: ClassVar[tuple[Channel, ...]] = (
        Channel("slic_L", "1", 0, 100),
        Channel("slic_a", "1", -128, 128),
        Channel("slic_b", "1", -128, 128),
    )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 3"]:
        """Return the mean L, a, b of each cell's superpixels."""
        lab = np.stack(light.lab(pictures), axis=-1)
        for picture, colours in zip(pictures, lab, strict=True):
            colours[:] = painted(colours, self._regions(picture))
        return np.stack([cells.pool(lab[..., channel]) for channel in range(3)], axis=-1)

    def _regions(self, picture: UInt8[np.ndarray, "y x 3"]) -> Int[np.ndarray, "y x"]:
        from skimage.segmentation import slic

        wanted = max(1, round(picture[..., 0].size / self.size**2))
        return slic(picture, n_segments=wanted, compactness=self.compactness, start_label=0)


def painted(
    colours: Float32[np.ndarray, "y x 3"], regions: Int[np.ndarray, "y x"]
) -> Float32[np.ndarray, "y x 3"]:
    """Return the mean colour of each pixel's region."""
    flat = regions.ravel()
    pixels = np.maximum(np.bincount(flat), 1)
    means = [
        np.bincount(flat, weights=one.ravel()) / pixels for one in np.moveaxis(colours, -1, 0)
    ]
    return np.stack(means, axis=-1).astype(np.float32)[regions]
