"""Bilateral filter: means over near cells of like value, so that noise goes and edges stay (Tomasi
and Manduchi 1998); OpenCV's.
"""

from dataclasses import dataclass
from typing import Annotated

import cv2
from pydantic import Field

from tasks.impressions.refinements.registry import Plane


@dataclass(frozen=True)
class Bilateral:
    """Gaussian weights of width `likeness` over values and `distance` (cells) over places."""

    channels: list[str]
    likeness: Annotated[float, Field(gt=0, le=1)]
    distance: Annotated[float, Field(gt=0, le=16)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the filtered plane."""
        return cv2.bilateralFilter(
            plane, -1, self.likeness, self.distance, borderType=cv2.BORDER_REFLECT
        )
