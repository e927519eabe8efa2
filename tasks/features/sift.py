"""Dense SIFT: a descriptor of the gradients around the centre of every cell.

The descriptor (Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 60, 2004,
section 6) is a histogram over 4 x 4 places and 8 directions of a square `width` pixels wide,
upright and at the picture's own scale, weighted towards its middle; OpenCV computes it on luma of
8 bits. It is handed on as RootSIFT (Arandjelović and Zisserman, CVPR 2012),

    sift_k = √(d_k / Σ_j d_j),

whose Euclidean distances compare the histograms by Hellinger's measure. All are 0 where nothing
changes.
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

LENGTH = 128
BINS = 12
"""Four bins of three times the keypoint's radius: the descriptor's width over that radius."""


@dataclass(frozen=True)
class Sift:
    """RootSIFT on squares `width` pixels wide, whatever the cell."""

    weight: Weight
    width: Annotated[float, Field(ge=4, le=256, allow_inf_nan=False)]
    channels: ClassVar[tuple[Channel, ...]] = tuple(
        Channel(f"sift_{index}", "1", 0, 1) for index in range(LENGTH)
    )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 128"]:
        """Return the descriptor of each cell."""
        rows, cols = cells.grid(*pictures.shape[1:3])
        sift, places = cv2.SIFT.create(), self._places(rows, cols, cells.stride)
        values = np.empty((len(pictures), rows, cols, LENGTH), np.float32)
        for index, luma in enumerate(light.luma(pictures)):
            grey = np.rint(luma * np.float32(255)).astype(np.uint8)
            _, described = sift.compute(grey, places)
            values[index] = described.reshape(rows, cols, LENGTH)
        total = np.maximum(values.sum(axis=-1, keepdims=True), 1)
        return np.sqrt(values / total)

    def _places(self, rows: int, cols: int, stride: int) -> list[cv2.KeyPoint]:
        """Return an upright keypoint at the middle of each cell, row by row."""
        size, middle = 2 * self.width / BINS, (stride - 1) / 2
        return [
            cv2.KeyPoint(stride * col + middle, stride * row + middle, size, 0, 0, 0)
            for row in range(rows)
            for col in range(cols)
        ]
