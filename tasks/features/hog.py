"""Histogram of oriented gradients: which ways the edges of a cell run.

Half a turn is cut into n equal bins. With the luma's central differences, magnitude m and
direction θ modulo π, the histogram of a cell and the feature are

    h_k = ⟨m [k π/n <= θ < (k + 1) π/n]⟩,      hog_k = h_k / √(Σ_j h_j² + ε²),

⟨·⟩ being the mean over the cell (Dalal and Triggs, Histograms of Oriented Gradients for Human
Detection, CVPR 2005, with blocks of one cell and the norm L2). θ = 0 is a change along x, and
angles turn from x towards y, which points downwards, backwards: the bins are those of
scikit-image. The norm takes contrast away; ε keeps it from turning the rounding of flat cells
into edges.
"""

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import Field

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Hog:
    """Shares of `orientations` directions; `floor` is ε, in luma per two pixels."""

    weight: Weight
    orientations: Annotated[int, Field(ge=2, le=36)]
    floor: Annotated[float, Field(ge=1e-6, le=1, allow_inf_nan=False)]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One channel a direction."""
        return tuple(Channel(f"hog_{index}", "1", 0, 1) for index in range(self.orientations))

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols orientation"]:
        """Return the histograms."""
        magnitude, direction = polar(light.luma(pictures), self.orientations)
        histogram = np.stack(
            [
                cells.pool(np.where(direction == index, magnitude, np.float32(0)))
                for index in range(self.orientations)
            ],
            axis=-1,
        )
        energy = np.float32(self.floor**2) + sum(
            histogram[..., index] ** 2 for index in range(self.orientations)
        )
        return histogram / np.sqrt(energy)[..., None]


def polar(
    luma: Float32[np.ndarray, "picture y x"], bins: int
) -> tuple[Float32[np.ndarray, "picture y x"], UInt8[np.ndarray, "picture y x"]]:
    """Return the magnitude of the difference across two pixels, and the bin of its direction."""
    magnitude, direction = np.empty_like(luma), np.empty(luma.shape, np.uint8)
    for index, plane in enumerate(luma):
        g_x, g_y = (
            cv2.Sobel(plane, cv2.CV_32F, *axis, ksize=1, borderType=cv2.BORDER_REFLECT)
            for axis in ((1, 0), (0, 1))
        )
        magnitude[index] = np.hypot(g_x, g_y)
        turn = np.mod(np.arctan2(g_y, g_x), np.float32(np.pi)) * np.float32(bins / np.pi)
        direction[index] = turn.astype(np.int64) % bins
    return magnitude, direction
