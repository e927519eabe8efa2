"""Smooth enlargement of smooth fields: the natural cubic spline through the centres of the cells.

It is twice continuously differentiable and exact for straight lines. The cubic kernels of picture
libraries are neither, and would make the gradient of a displacement ripple from cell to cell.
"""

from functools import lru_cache

import cv2
import numpy as np
from jaxtyping import Float, Float64
from scipy.interpolate import make_interp_spline


def resized(
    field: Float[np.ndarray, "row col 2"], height: int, width: int
) -> Float64[np.ndarray, "y x 2"]:
    """Return the two components of a field at the centres of the pixels of a picture of that size
    (pixels), in double precision: so rounded to single, it is the same for any number of threads.
    """
    down, across = operator(len(field), height), operator(field.shape[1], width)
    planes = np.moveaxis(field.astype(np.float64), -1, 0)
    return cv2.merge([down @ plane @ across.T for plane in planes])


@lru_cache(maxsize=8)
def operator(cells: int, pixels: int) -> Float[np.ndarray, "pixel cell"]:
    """Return the matrix of `along`, which is linear."""
    matrix = along(np.eye(cells), pixels)
    matrix.flags.writeable = False
    return matrix


def along(values: Float[np.ndarray, "cell ..."], pixels: int) -> Float[np.ndarray, "pixel ..."]:
    """Return values at the centres of cells as values at the centres of pixels that fill the same
    length, along the first axis.
    """
    cells = len(values)
    if cells < 2:
        return np.repeat(values, pixels, axis=0)
    degree, ends = (3, "natural") if cells > 3 else (1, None)
    spline = make_interp_spline(np.arange(cells), values, k=degree, bc_type=ends)
    return spline((np.arange(pixels) + 0.5) * cells / pixels - 0.5)
