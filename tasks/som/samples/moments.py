"""Count, sum, sum of squares and range of each feature, exactly, block by block.

The square of a single-precision number has at most 48 bits, which double precision holds. Both
sums are therefore exact (`exact_sums`), and so is the variance Σx²/N - (Σx/N)², in which rounded
sums would cancel.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from tasks.som.samples.exact_sums import Total, total

Missing = Literal["error", "mask"]


@dataclass(frozen=True)
class Moments:
    """What has been seen of the samples; moments of parts are added by `+`, in order of the
    parts.
    """

    rows: int
    count: Int64[np.ndarray, " feature"]
    sums: Total
    squares: Total
    lowest: Float32[np.ndarray, " feature"]
    highest: Float32[np.ndarray, " feature"]
    bad: int
    first_bad: int | None

    def __add__(self, other: "Moments") -> "Moments":
        """Return the moments of these samples and, after them, the others."""
        first = self.first_bad
        if first is None and other.first_bad is not None:
            first = self.rows + other.first_bad
        return Moments(
            self.rows + other.rows,
            self.count + other.count,
            self.sums + other.sums,
            self.squares + other.squares,
            np.minimum(self.lowest, other.lowest),
            np.maximum(self.highest, other.highest),
            self.bad + other.bad,
            first,
        )

    def check(self) -> None:
        """Refuse samples that are not numbers.

        Raises:
            ValueError: there are some; the line says how many and where.
        """
        if self.bad:
            raise ValueError(
                f"values: {self.bad} samples hold NaN or infinity, "
                f"the first is sample {self.first_bad}"
            )

    def mean(self) -> Float64[np.ndarray, " feature"]:
        """Return the mean of each feature, correctly rounded; 0 where it is never given."""
        pairs = zip(self.sums.exact(), self.count, strict=True)
        return np.array([float(value / int(count)) if count else 0.0 for value, count in pairs])

    def deviation(self) -> Float64[np.ndarray, " feature"]:
        """Return the standard deviation of each feature (of the samples, not an estimate)."""
        parts = zip(self.sums.exact(), self.squares.exact(), self.count.tolist(), strict=True)
        return np.array(
            [
                math.sqrt(float(square / count - (value / count) ** 2)) if count else 0.0
                for value, square, count in parts
            ]
        )

    def largest(self) -> Float32[np.ndarray, " feature"]:
        """Return the largest magnitude of each feature."""
        return np.maximum(np.abs(self.lowest), np.abs(self.highest))


def moments(values: Float[np.ndarray, "sample feature"], missing: Missing = "error") -> Moments:
    """Return the moments of `values`, taken in single precision.

    With `missing` "mask", NaN stands for what is not known and is left out.
    """
    table = values.astype(np.float32, copy=False)
    given = np.isfinite(table)
    complete = bool(given.all())
    accepted = given | np.isnan(table) if missing == "mask" and not complete else given
    bad = np.flatnonzero(~accepted.all(axis=1)) if not complete else np.empty(0, dtype=np.int64)
    known = table if complete else np.where(given, table, np.float32(0))
    squares = known.astype(np.float64)
    squares *= squares
    return Moments(
        len(table),
        given.sum(axis=0) if not complete else np.full(table.shape[1], len(table)),
        total(known),
        total(squares),
        np.min(table, axis=0, initial=np.inf, where=given),
        np.max(table, axis=0, initial=-np.inf, where=given),
        len(bad),
        int(bad[0]) if len(bad) else None,
    )
