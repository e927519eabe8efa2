"""Boundaries: where in a picture the prototypes change, whichever of their features it is.

Let w(x, y) be the standardised prototype that the cell at (x, y) shows, smoothed by a Gaussian of
width σ. A step of unit length along n changes it by |∂_n w|² = nᵀ J n, with the tensor

    J = Σ_f ∇w_f ∇w_fᵀ

(Di Zenzo, A note on the gradient of a multi-image, CVGIP 33, 1986). The change is largest along
the eigenvector of J's larger eigenvalue,

    λ = ½ (J_xx + J_yy + √((J_xx - J_yy)² + 4 J_xy²)),    tan 2θ = 2 J_xy / (J_xx - J_yy),

and √λ, the distance on the map that a step of one cell goes, is the boundary's strength: the
U-matrix, laid over the picture. It sees a change of colour or of texture as well as one of light,
and a boundary between two flat regions as one line, where the edge strength of each prototype
shows how busy the cell itself is.

To draw lines, strength and direction are brought to the pixels bilinearly, the direction as the
pair cos 2θ, sin 2θ, and a pixel is kept where its strength is the largest of the three across the
boundary (non-maximum suppression).
"""

from typing import NamedTuple

import cv2
import numpy as np
from jaxtyping import Float, Float32


class Change(NamedTuple):
    """The strength √λ of each cell, and the direction θ of the largest change by √λ² cos 2θ and
    √λ² sin 2θ, up to a positive factor.
    """

    strength: Float32[np.ndarray, "row col"]
    cos2: Float32[np.ndarray, "row col"]
    sin2: Float32[np.ndarray, "row col"]


def change(prototypes: Float[np.ndarray, "row col feature"], sigma: float) -> Change:
    """Return how fast `prototypes` change from cell to cell, after a Gaussian of width `sigma`
    (> 0, cells); strengths are in the prototypes' units a cell.
    """
    xx, yy, xy = (np.zeros(prototypes.shape[:2], np.float32) for _ in range(3))
    for feature in np.moveaxis(np.asarray(prototypes, np.float32), -1, 0):
        smooth = cv2.GaussianBlur(
            np.ascontiguousarray(feature), (0, 0), sigma, borderType=cv2.BORDER_REFLECT
        )
        g_x, g_y = (
            cv2.Sobel(smooth, cv2.CV_32F, *axis, scale=1 / 8, borderType=cv2.BORDER_REFLECT)
            for axis in ((1, 0), (0, 1))
        )
        xx, yy, xy = xx + g_x * g_x, yy + g_y * g_y, xy + g_x * g_y
    larger = (xx + yy + np.hypot(xx - yy, 2 * xy)) / 2
    return Change(np.sqrt(larger), xx - yy, 2 * xy)


def lines(found: Change, stride: int, height: int, width: int) -> Float32[np.ndarray, "y x"]:
    """Return the strength on the pixels of boundary lines and 0 elsewhere, for a picture of
    `height` x `width` pixels with a cell every `stride`.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    middle = np.float32((stride - 1) / 2)
    place = (x - middle) / np.float32(stride), (y - middle) / np.float32(stride)
    strength, cos2, sin2 = (_at(values, *place) for values in found)
    angle = np.arctan2(sin2, cos2) / 2
    right, down = np.cos(angle), np.sin(angle)
    ahead, behind = (_at(strength, x + way * right, y + way * down) for way in (1, -1))
    return np.where((strength >= ahead) & (strength > behind), strength, np.float32(0))


def _at(
    values: Float32[np.ndarray, "row col"],
    x: Float32[np.ndarray, "y x"],
    y: Float32[np.ndarray, "y x"],
) -> Float32[np.ndarray, "y x"]:
    """Return `values` at the places (x, y), bilinearly, those of the border beyond it."""
    return cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
