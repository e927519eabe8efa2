"""Edges: how strong they are in a cell, and which way the luma changes there.

Sobel's kernels, divided by 8, estimate the gradient (g_x, g_y) of the luma per pixel. Its
magnitude is m = √(g_x² + g_y²), at most √2/2; its direction θ matters only up to half a turn,
since a line has two sides. Directions are therefore averaged as vectors of twice the angle,
weighted by magnitude (the double-angle form of Granlund; Bigün and Granlund 1987):

    edge = ⟨m⟩,    edge_cos2 = ⟨m cos 2θ⟩ = ⟨(g_x² - g_y²) / m⟩,    edge_sin2 = ⟨m sin 2θ⟩ = ⟨2 g_x
    g_y / m⟩,

⟨·⟩ being the mean over the cell. √(cos2² + sin2²) / edge is then the coherence of the cell's
edges: 1 for one straight edge.
"""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import imaging, light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight

HIGHEST = 2**-0.5


@dataclass(frozen=True)
class Sobel:
    """Magnitude and double-angle orientation of the luma's gradient."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (
        Channel("edge", "1/pixel", 0, HIGHEST),
        Channel("edge_cos2", "1/pixel", -HIGHEST, HIGHEST),
        Channel("edge_sin2", "1/pixel", -HIGHEST, HIGHEST),
    )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 3"]:
        """Return ⟨m⟩, ⟨m cos 2θ⟩, ⟨m sin 2θ⟩ of each cell."""
        g_x, g_y = gradient(light.luma(pictures))
        magnitude = np.sqrt(g_x * g_x + g_y * g_y)
        safe = np.where(magnitude > 0, magnitude, np.float32(1))
        double_angle = ((g_x - g_y) * (g_x + g_y) / safe, np.float32(2) * g_x * g_y / safe)
        return np.stack([cells.pool(channel) for channel in (magnitude, *double_angle)], axis=-1)


def gradient(
    maps: Float32[np.ndarray, "picture y x"],
) -> tuple[Float32[np.ndarray, "picture y x"], Float32[np.ndarray, "picture y x"]]:
    """Return ∂/∂x and ∂/∂y of `maps` per pixel, the border pixel being repeated outwards."""
    if imaging.elsewhere(maps):
        filters = imaging.library("filters")  # its kernels are divided by 4
        g_x, g_y = (
            np.stack([find(plane) for plane in maps]) / np.float32(2)
            for find in (filters.sobel_v, filters.sobel_h)
        )
        return g_x, g_y
    g_x, g_y = np.empty_like(maps), np.empty_like(maps)
    for index, plane in enumerate(maps):
        g_x[index] = cv2.Sobel(
            plane, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT
        )
        g_y[index] = cv2.Sobel(
            plane, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8, borderType=cv2.BORDER_REFLECT
        )
    return g_x, g_y
