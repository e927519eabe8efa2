r"""The palette of another picture: a picture's colours, moved to those of a reference, its light
kept.

In CIELAB the pair x = (a, b) of each pixel becomes

    x ← x + s (μ' + T (x − μ) − x),      T = Σ^(−½) (Σ^(½) Σ' Σ^(½))^(½) Σ^(−½),

with mean and covariance μ, Σ of the picture and μ', Σ' of the reference: the cheapest linear map
that takes the one pair of moments to the other (Pitié & Kokaram 2007, "The linear
Monge-Kantorovitch linear colour mapping for example-based colour transfer", section 3). L stays as
it is, and with it the layout of light and edges; colours that leave the gamut are clipped.
"""

import numpy as np
from jaxtyping import Float, UInt8

from tasks.features import light
from tasks.impressions import srgb

LEAST = 1e-3
"""Variance that grey pictures are taken to have, of a and b."""

Picture = UInt8[np.ndarray, "y x 3"]
Matrix = Float[np.ndarray, "2 2"]


def moved(picture: Picture, reference: Picture, share: float = 1.0) -> Picture:
    """Return `picture` with its colours moved by `share` to those of `reference`, of any size."""
    lightness, *own = (each.astype(np.float64) for each in light.lab(picture))
    colours, theirs = (
        np.stack(pair, axis=-1).reshape(-1, 2) for pair in (own, light.lab(reference)[1:])
    )
    (mean, spread), (goal, wanted) = _moments(colours), _moments(theirs.astype(np.float64))
    target = goal + (colours - mean) @ between(spread, wanted)
    a, b = (colours + share * (target - colours)).T.reshape(2, *picture.shape[:2])
    return np.rint(255 * srgb.from_lab(lightness, a, b)).astype(np.uint8)


def between(covariance: Matrix, wanted: Matrix) -> Matrix:
    """Return the symmetric T that makes a covariance the wanted one.

    >>> between(np.diag([1.0, 4.0]), np.diag([9.0, 1.0])).round(6).tolist()
    [[3.0, 0.0], [0.0, 0.5]]
    """
    half = _power(covariance, 0.5)
    back = _power(covariance, -0.5)
    return back @ _power(half @ wanted @ half, 0.5) @ back


def _moments(values: Float[np.ndarray, "pixel 2"]) -> tuple[Float[np.ndarray, "2"], Matrix]:
    return values.mean(0), np.cov(values, rowvar=False) + LEAST * np.eye(2)


def _power(matrix: Matrix, exponent: float) -> Matrix:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values.clip(LEAST**2) ** exponent) @ vectors.T
