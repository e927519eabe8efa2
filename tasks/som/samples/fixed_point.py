"""Numbers on a grid, so that sums are exact.

A float64 sum depends on the order of its terms only through rounding. Let all terms be multiples
of 2^-b, and let the sum of their magnitudes stay below 2^(53 - b): then every partial sum is a
multiple of 2^-b that float64 holds exactly, nothing is ever rounded, and any order, any blocks,
any number of threads give the same bits. For sums of products of two such numbers the same holds
with multiples of 2^-2b.

The samples of the map are standardised, of order 1; b = 20 moves them by less than 5e-7 of a
standard deviation, the size of float32's own rounding, and they stay exact in float32.
"""

import math

import numpy as np
from jaxtyping import Float, Float32, Float64

FINEST = 20
MANTISSA = 53
ROWS = 1 << 13
"""Samples in double precision at a time."""


def bits(count: int, largest: float, power: int) -> int:
    """Return the finest b <= 20 for which sums of `count` products of `power` numbers up to
    `largest` are exact.

    >>> bits(count=2**20, largest=8.0, power=1), bits(count=2**20, largest=8.0, power=2)
    (20, 13)
    """
    room = (
        MANTISSA
        - math.ceil(math.log2(max(count, 1)))
        - power * math.ceil(math.log2(max(largest, 1)))
    )
    return min(FINEST, room // power)


def step(count: int, largest: float, power: int = 1) -> float:
    """Return the grid's step 2^-b for `count` numbers up to `largest` in magnitude."""
    return 2.0 ** -bits(count, largest, power)


def rounded(
    values: Float64[np.ndarray, "*n feature"], step: float
) -> Float64[np.ndarray, "*n feature"]:
    """Return `values` rounded to multiples of `step`."""
    return np.rint(values / step) * step


def samples(
    values: Float[np.ndarray, "sample feature"],
) -> Float32[np.ndarray, "sample feature"]:
    """Return `values` on the grid of plain sums, as float32: still on the grid, since float32 only
    drops low bits of large ones.
    """
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    each = step(len(values), largest)
    result = np.empty(values.shape, dtype=np.float32)
    for start in range(0, len(values), ROWS):
        part = slice(start, start + ROWS)
        result[part] = rounded(values[part].astype(np.float64), each)
    return result
