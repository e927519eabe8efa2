"""How far two fields agree."""

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.video.motions.displacement import Field


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Pearson's correlation; 1 where both are constant, 0 where one is."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if size > 1e-12:
        return float((a * b).sum()) / size
    return float(abs(a).max() < 1e-6 and abs(b).max() < 1e-6)


def ratio(over: float, under: float, empty: float = 0.0) -> float:
    """Return over / under, or `empty` where the denominator vanishes."""
    return over / under if under > 1e-12 else empty


def length(field: Field) -> Float32[np.ndarray, "y x"]:
    """Return the length of every vector."""
    return cv2.magnitude(field[..., 0], field[..., 1])


def difference(one: np.ndarray, other: np.ndarray, where: np.ndarray | None = None) -> float:
    """Return the mean absolute difference over places (all, or those of `where`) and channels; 0
    where there are none.
    """
    gap = cv2.absdiff(one, other)
    if where is not None:
        gap = gap[where]
    return float(gap.mean()) if gap.size else 0.0
