"""What plain scikit-image is called for in place of each extractor: one picture a call, averaged
over blocks where scikit-image answers for every pixel.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from skimage import color, feature, filters, segmentation, util
from skimage.filters import rank
from skimage.measure import block_reduce

CELL, STRIDE = 8, 4
WAVELENGTHS, ANGLES = (4.0, 8.0, 16.0), np.arange(4) * np.pi / 4


def mean(dense: np.ndarray) -> Any:
    """Return the means over blocks."""
    return block_reduce(dense, (STRIDE, STRIDE, 1)[: dense.ndim], np.mean)


def entropy(picture: np.ndarray) -> Any:
    """Return the local entropy at 32 levels."""
    levels = util.img_as_ubyte(color.rgb2gray(picture)) // 8
    return rank.entropy(levels, np.ones((CELL, CELL), np.uint8))[::STRIDE, ::STRIDE]


def gabor(picture: np.ndarray) -> list[Any]:
    """Return the energy of each wavelength and angle."""
    luma = color.rgb2gray(picture)
    pairs = (
        filters.gabor(luma, 1 / length, theta=angle) for length in WAVELENGTHS for angle in ANGLES
    )
    return [mean(np.hypot(*pair)) for pair in pairs]


def hog(picture: np.ndarray) -> Any:
    """Return the histograms of oriented gradients."""
    cells = {"pixels_per_cell": (STRIDE, STRIDE), "cells_per_block": (1, 1)}
    return feature.hog(picture, block_norm="L2", channel_axis=-1, **cells)


def pca(picture: np.ndarray) -> Any:
    """Return the eigenvalues of the structure tensor: the nearest kin."""
    tensor = feature.structure_tensor(color.rgb2gray(picture), sigma=CELL / 4)
    return mean(np.moveaxis(feature.structure_tensor_eigenvalues(tensor), 0, -1))


def slic(picture: np.ndarray) -> Any:
    """Return the mean colours of superpixels."""
    regions = segmentation.slic(picture, n_segments=256, compactness=10.0)
    return mean(color.label2rgb(regions, color.rgb2lab(picture), kind="avg"))


def sobel(picture: np.ndarray) -> list[Any]:
    """Return the gradient's two components."""
    luma = color.rgb2gray(picture)
    return [mean(find(luma)) for find in (filters.sobel_h, filters.sobel_v)]


def variance(picture: np.ndarray) -> Any:
    """Return the standard deviation in each window."""
    return util.view_as_windows(color.rgb2gray(picture), CELL, STRIDE).std(axis=(2, 3))


PLAIN: dict[str, Callable[[np.ndarray], Any]] = {
    "canny": lambda picture: mean(feature.canny(color.rgb2gray(picture), sigma=1.0)),
    "entropy": entropy,
    "gabor": gabor,
    "hog": hog,
    "lab": lambda picture: mean(color.rgb2lab(picture)),
    "laplacian": lambda picture: mean(np.abs(filters.laplace(color.rgb2gray(picture)))),
    "luminance": lambda picture: mean(color.rgb2xyz(picture)[..., 1]),
    "pca": pca,
    "rgb": lambda picture: mean(util.img_as_float(picture)),
    "sift": lambda picture: feature.daisy(color.rgb2gray(picture), step=STRIDE, radius=8, rings=2),
    "slic": slic,
    "sobel": sobel,
    "variance": variance,
}
