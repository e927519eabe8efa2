"""Sums of floating-point numbers without rounding.

A double is x = m 2^e with |m| < 1 of 53 bits. Its mantissa falls into two integers of at most 27
bits,

    x = h 2^(e - 27) + l 2^(e - 54),

and integers of one exponent are added as integers. A sum is then a table with an integer for each
exponent, S = Σ_p B_p 2^p: exact, so that neither the order nor the blocks of its terms can change
it, and small, however many terms there are. It is rounded once, when it is asked for.

Malcolm, On accurate floating-point summation, Communications of the ACM 14, 1971, bins by exponent
in the same way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import Float, Float64, Int64

HALF = 27
LOWEST = -1074 - 2 * HALF
PLACES = 1025 - LOWEST
ROWS = 1 << 13
"""Terms of a column added at a time: so many integers of 27 bits stay exact in double precision,
and in the cache.
"""


@dataclass(frozen=True)
class Total:
    """Sums of columns; totals are added by `+`."""

    places: Int64[np.ndarray, "column place"]

    def __add__(self, other: "Total") -> "Total":
        """Return the sum of both."""
        return Total(self.places + other.places)

    def exact(self) -> list[Fraction]:
        """Return the sum of each column, unrounded."""
        return [
            sum(
                (Fraction(int(row[at])) * _power(at) for at in np.flatnonzero(row).tolist()),
                Fraction(),
            )
            for row in self.places
        ]

    def mean(self, count: int) -> Float64[np.ndarray, " column"]:
        """Return the sums divided by `count` (> 0), correctly rounded."""
        return np.array([float(value / count) for value in self.exact()])


def total(values: Float[np.ndarray, "row column"]) -> Total:
    """Return the sums over the rows of finite `values`."""
    places = np.zeros((values.shape[1], PLACES), dtype=np.int64)
    for start in range(0, len(values), ROWS):
        places += _places(values[start : start + ROWS])
    return Total(places)


def _places(values: Float[np.ndarray, "row column"]) -> Int64[np.ndarray, "column place"]:
    columns = values.shape[1]
    first = np.arange(columns, dtype=np.int32) * PLACES - LOWEST
    sums = np.zeros(columns * PLACES)
    for integers, powers in _integers(values):
        place = (powers + first).ravel()
        sums += np.bincount(place, weights=integers.ravel(), minlength=len(sums))
    return sums.astype(np.int64).reshape(columns, PLACES)


def _integers(
    values: Float[np.ndarray, "row column"],
) -> Iterator[tuple[Float[np.ndarray, "row column"], np.ndarray]]:
    """Yield h with e - 27 and, where there is any, l with e - 54."""
    mantissa, exponent = np.frexp(values)
    scaled = mantissa * 2.0**HALF
    if values.dtype == np.float32:  # 24 bits: l is 0
        yield scaled, exponent - HALF
        return
    high = np.trunc(scaled)
    yield high, exponent - HALF
    low = (scaled - high) * 2.0**HALF
    if low.any():
        yield low, exponent - 2 * HALF


def _power(place: int) -> Fraction:
    power = place + LOWEST
    return Fraction(2**power) if power >= 0 else Fraction(1, 2**-power)
