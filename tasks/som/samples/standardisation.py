"""Standardisation: z = (x - mean) / scale with scale = standard deviation / weight.

Distances are then over features of spread `weight`. A feature without spread has nothing to say;
it keeps its own units (as if its standard deviation were 1), so that neither division by zero nor
an infinite distance arises. Mean and deviation come from exact sums (`moments`): the order of the
samples and how they are cut into blocks make no difference, not even in the last bit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from jaxtyping import Bool, Float, Float64

from tasks.som.samples.moments import Missing, Moments, moments

FLAT = 2.0**-22
"""A deviation below this share of the feature's largest magnitude is float32 rounding, not spread.
"""
ROWS = 1 << 13
"""Samples looked at together."""


@dataclass(frozen=True)
class Standardisation:
    """Mean and scale of each feature, in the feature's units."""

    mean: Float64[np.ndarray, " feature"]
    scale: Float64[np.ndarray, " feature"]

    def apply(self, values: Float[np.ndarray, "*n feature"]) -> Float64[np.ndarray, "*n feature"]:
        """Return z."""
        return (values - self.mean) / self.scale

    def undo(self, values: Float[np.ndarray, "*n feature"]) -> Float64[np.ndarray, "*n feature"]:
        """Return x."""
        return values * self.scale + self.mean


def fit(
    values: Float[np.ndarray, "sample feature"],
    weights: Float64[np.ndarray, " feature"],
    *,
    missing: Missing = "error",
) -> Standardisation:
    """Return the standardisation of `values`, taken in single precision, under `weights` (> 0).

    Raises:
        ValueError: `values` is not a table of numbers, has no rows, or holds NaN (unless `missing`
        is "mask") or infinities; the line says where.
    """
    shape(values)
    return from_moments(gathered([values], missing=missing), weights)


def gathered(
    blocks: Iterable[Float[np.ndarray, "sample feature"]], *, missing: Missing = "error"
) -> Moments:
    """Return the moments of all blocks (at least one)."""
    parts = (
        block[start : start + ROWS]
        for block in blocks
        for start in range(0, max(len(block), 1), ROWS)
    )
    return reduce(add, (moments(part, missing) for part in parts))


def from_moments(found: Moments, weights: Float64[np.ndarray, " feature"]) -> Standardisation:
    """Return the standardisation under `weights` (> 0) of the samples with these moments.

    Raises:
        ValueError: a weight is not positive, or some samples are no numbers.
    """
    found.check()
    if len(weights) != len(found.count) or not np.all(weights > 0):
        raise ValueError(
            f"weights is {list(weights)}; expected {len(found.count)} positive numbers"
        )
    deviation = np.where(flat(found), 1.0, found.deviation())
    return Standardisation(found.mean(), deviation / weights)


def flat(found: Moments) -> Bool[np.ndarray, " feature"]:
    """Return which features have no spread."""
    return found.deviation() <= FLAT * found.largest().astype(np.float64)


def shape(values: np.ndarray) -> None:
    """Refuse what is no table of numbers.

    Raises:
        ValueError: see `fit`.
    """
    if values.ndim != 2 or values.dtype.kind not in "fiu":
        raise ValueError(
            f"values is {values.dtype} {values.shape}; expected numbers (samples, features)"
        )
    if not values.size:
        raise ValueError(
            f"values is empty {values.shape}; at least one sample and one feature are needed"
        )
