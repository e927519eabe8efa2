"""Standardisation: z = (x - mean) / scale with scale = standard deviation / weight.

Distances are then over features of spread `weight`. A feature without spread has nothing to say;
it keeps its own units (as if its standard deviation were 1), so that neither division by zero nor
an infinite distance arises. Sums run over each feature's sorted values: the order of the samples
makes no difference, not even in the last bit.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

FLAT = 2.0**-22
"""A deviation below this share of the feature's largest magnitude is float32 rounding, not spread.
"""


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
    values: Float32[np.ndarray, "sample feature"], weights: Float64[np.ndarray, " feature"]
) -> Standardisation:
    """Return the standardisation of `values` under `weights` (> 0).

    Raises:
        ValueError: `values` is not a table of numbers, has no rows, or holds NaN or infinities;
        the line says where.
    """
    check(values)
    if len(weights) != values.shape[1] or not np.all(weights > 0):
        raise ValueError(
            f"weights is {list(weights)}; expected {values.shape[1]} positive numbers"
        )
    columns = [np.sort(column).astype(np.float64) for column in values.T]
    mean = np.array([column.mean() for column in columns])
    deviation = np.array(
        [
            np.sqrt(np.mean((column - centre) ** 2))
            for column, centre in zip(columns, mean, strict=True)
        ]
    )
    largest = np.array([max(abs(column[0]), abs(column[-1])) for column in columns])
    return Standardisation(mean, np.where(deviation > FLAT * largest, deviation, 1.0) / weights)


def check(values: np.ndarray) -> None:
    """Refuse what is no finite table of samples.

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
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise ValueError(
            f"values: {bad.sum()} samples hold NaN or infinity, the first is sample {bad.argmax()}"
        )
