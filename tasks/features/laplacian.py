"""Fine detail: how far the luma of a pixel is from the mean of its four neighbours.

    laplacian = ⟨|∇²Y'|⟩,    ∇²Y' = Y'(x+1, y) + Y'(x-1, y) + Y'(x, y+1) + Y'(x, y-1) - 4 Y'(x, y),

⟨·⟩ being the mean over the cell and the border pixel being repeated outwards. A ramp has none;
lines, spots, corners and noise have much.
"""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import imaging, light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Laplacian:
    """Mean magnitude of the five-point Laplacian of luma."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (Channel("laplacian", "1/pixel²", 0, 4),)

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 1"]:
        """Return ⟨|∇²Y'|⟩ of each cell."""
        find = imaging.library("filters").laplace if imaging.elsewhere(pictures) else laplace
        maps = light.luma(pictures)
        for plane in maps:
            plane[:] = find(plane)
        return cells.pool(np.abs(maps))[..., None]


def laplace(plane: Float32[np.ndarray, "y x"]) -> Float32[np.ndarray, "y x"]:
    """Return ∇² of `plane` per pixel; cuCIM and scikit-image have the opposite sign."""
    return cv2.Laplacian(plane, cv2.CV_32F, ksize=1, borderType=cv2.BORDER_REFLECT)
