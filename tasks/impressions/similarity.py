"""Measures of likeness between two maps or two pictures, one value per picture.

    Pearson correlation   r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² Σ (b − b̄)²) F1 of two sets        F
    = 2 |A ∩ B| / (|A| + |B|) structural similarity (Wang et al., 2004), of pictures that are
    blurred first, so that layout counts and detail does not.

A map without contrast has no correlation; see `correlation` for the value that is put in its
place.
"""

import cv2
import numpy as np
from jaxtyping import Bool, Float

FLAT = 1e-3
"""A map whose values span less than this is constant: about twice the step of half precision just
below 1.
"""

BLUR = 1 / 32
"""Standard deviation of the blur as a share of the picture's side: 2 pixels of 64, 4 of 128."""

WINDOW = 7 / 64
"""Side of the window of structural similarity as a share of the picture's side, rounded to an odd
number of pixels.
"""


def correlation(
    one: Float[np.ndarray, "picture row col"], other: Float[np.ndarray, "picture row col"]
) -> Float[np.ndarray, " picture"]:
    """Return Pearson's r over the cells, in [-1, 1]; 1 where both maps are constant, 0 where only
    one of them is.
    """
    a, b = _flatten(one), _flatten(other)
    flat_a, flat_b = np.ptp(a, axis=1) < FLAT, np.ptp(b, axis=1) < FLAT
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    r = (a * b).sum(axis=1) / np.where(scale > 0, scale, 1.0)
    return np.where(flat_a | flat_b, (flat_a & flat_b).astype(np.float64), np.clip(r, -1.0, 1.0))


def f1(
    one: Bool[np.ndarray, "picture row col"], other: Bool[np.ndarray, "picture row col"]
) -> Float[np.ndarray, " picture"]:
    """Return F1 of the two sets of cells, in [0, 1]; 1 where both are empty."""
    both = (one & other).sum(axis=(1, 2))
    total = one.sum(axis=(1, 2)) + other.sum(axis=(1, 2))
    return np.where(total > 0, 2.0 * both / np.maximum(total, 1), 1.0)


def top_quartile(
    value: Float[np.ndarray, "picture row col"],
) -> Bool[np.ndarray, "picture row col"]:
    """Return the cells at or above the picture's upper quartile; never those at its minimum, so
    none of a constant map.
    """
    flat = _flatten(value)
    bound = np.quantile(flat, 0.75, axis=1, keepdims=True)
    lowest = flat.min(axis=1, keepdims=True)
    return ((flat >= bound) & (flat - lowest >= FLAT)).reshape(value.shape)


def low_pass_ssim(
    one: Float[np.ndarray, "picture y x"], other: Float[np.ndarray, "picture y x"]
) -> Float[np.ndarray, " picture"]:
    """Return the mean structural similarity of the two luma pictures (values in [0, 1]) after the
    blur.
    """
    return np.array([_ssim(_blur(a), _blur(b)) for a, b in zip(one, other, strict=True)])


def _blur(luma: Float[np.ndarray, "y x"]) -> Float[np.ndarray, "y x"]:
    sigma = BLUR * max(luma.shape)
    return cv2.GaussianBlur(
        luma.astype(np.float64), (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101
    )


def _ssim(one: Float[np.ndarray, "y x"], other: Float[np.ndarray, "y x"]) -> float:
    from skimage.metrics import structural_similarity

    shorter = min(one.shape)
    side = min(2 * round((WINDOW * shorter - 1) / 2) + 1, shorter - 1 + shorter % 2)
    value = structural_similarity(one, other, win_size=max(side, 3), data_range=1.0)
    return float(value)  # pyright: ignore[reportArgumentType]


def _flatten(value: Float[np.ndarray, "picture row col"]) -> Float[np.ndarray, "picture cell"]:
    return np.asarray(value, np.float64).reshape(len(value), -1)
