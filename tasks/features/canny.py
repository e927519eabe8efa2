"""Edges by Canny's rule: the share of a cell's pixels that lie on an edge.

The luma is smoothed by a Gaussian of width σ and differentiated by Sobel's kernels; a pixel is
kept where the gradient's magnitude is the largest across the edge (non-maximum suppression) and
above `low`, if a chain of such pixels leads to one above `high` (hysteresis; Canny, A
Computational Approach to Edge Detection, PAMI 8, 1986). Thresholds are gradients of luma per
pixel, those of the extractor `sobel`, and never taken from the picture: the same edge counts the
same everywhere.

OpenCV's rule takes gradients of 16 bits. A grey level is divided into 32 steps, so that the
steepest gradient, 4 · 255 · 32 = 32640 a side, just fits.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import Field

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight

STEPS = 255 * 32
"""Steps of luma between black and white."""
KERNEL = 8
"""Sum of a Sobel kernel's weights: what it gives for a slope of one a pixel."""
Gradient = Annotated[float, Field(ge=0, le=0.5, allow_inf_nan=False)]


@dataclass(frozen=True)
class Canny:
    """Share of edge pixels; `sigma` in pixels, `low` and `high` in luma per pixel."""

    weight: Weight
    sigma: Annotated[float, Field(gt=0, le=32, allow_inf_nan=False)]
    low: Gradient
    high: Gradient
    channels: ClassVar[tuple[Channel, ...]] = (Channel("canny", "1", 0, 1),)

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low is {self.low}, above high {self.high}; exchange them")

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 1"]:
        """Return the share of edge pixels of each cell."""
        maps = light.luma(pictures)
        for plane in maps:
            plane[:] = edges(plane, self.sigma, self.low, self.high)
        return cells.pool(maps)[..., None]


def edges(
    luma: Float32[np.ndarray, "y x"], sigma: float, low: float, high: float
) -> Float32[np.ndarray, "y x"]:
    """Return 1 on edge pixels and 0 elsewhere."""
    smooth = cv2.GaussianBlur(luma, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    g_x, g_y = (
        cv2.Sobel(smooth, cv2.CV_32F, *axis, scale=STEPS, borderType=cv2.BORDER_REFLECT)
        for axis in ((1, 0), (0, 1))
    )
    found = cv2.Canny(
        np.rint(g_x).astype(np.int16),
        np.rint(g_y).astype(np.int16),
        KERNEL * STEPS * low,
        KERNEL * STEPS * high,
        L2gradient=True,
    )
    return (found > 0).astype(np.float32)
