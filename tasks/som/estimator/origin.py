"""The coordinates in which the map computes.

Distances do not change when all samples are moved, and scale when all are multiplied. So the
search and the sums work on

    z = (x - c) / 2^k,

c_f the middle of the range of feature f, 2^k the least power of two that is no less than half of
the widest range: within [-1, 1], where single precision neither cancels nor overflows, whatever
the units of x. For sums that no order changes, feature f is rounded to multiples of 2^(e_f - b),
with 2^e_f no less than its largest |z_f| and b = 24, the precision of float32, or as many bits
fewer as there are samples to be added (`fixed_point`): N terms of at most 2^b steps each stay
below 2^53.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float, Float32, Float64

SINGLE = 24
DOUBLE = 53
FARTHEST = 2.0**60


@dataclass(frozen=True, eq=False)
class Origin:
    """c, 2^k and the step of each feature's grid."""

    centre: Float64[np.ndarray, " feature"]
    scale: float
    step: Float64[np.ndarray, " feature"]

    @classmethod
    def of(
        cls,
        lowest: Float64[np.ndarray, " feature"],
        highest: Float64[np.ndarray, " feature"],
        count: int,
    ) -> Self:
        """Return the origin for `count` samples between `lowest` and `highest`."""
        half = highest / 2 - lowest / 2
        widest = float(half.max())
        scale = _power(widest) if widest > 0 else 1.0
        bits = min(SINGLE, DOUBLE - int(np.ceil(np.log2(max(count, 1)))))
        reach = np.array([_power(share) if share > 0 else 1.0 for share in half / scale])
        return cls(lowest + half, scale, reach * 2.0**-bits)

    def samples(
        self, values: Float[np.ndarray, "sample feature"]
    ) -> Float32[np.ndarray, "sample feature"]:
        """Return z on the grid, within ±2^60, where squares do not overflow; NaN stays NaN."""
        with np.errstate(over="ignore"):
            moved = np.clip(self.nodes(values), -FARTHEST, FARTHEST)
        return (np.rint(moved / self.step) * self.step).astype(np.float32)

    def nodes(self, values: Float[np.ndarray, "*n feature"]) -> Float64[np.ndarray, "*n feature"]:
        """Return z."""
        return (values - self.centre) / self.scale

    def undo(self, values: Float[np.ndarray, "*n feature"]) -> Float64[np.ndarray, "*n feature"]:
        """Return x."""
        return values * self.scale + self.centre


def _power(value: float) -> float:
    """Return the least power of two that is no less than `value` > 0, within the normal numbers.

    >>> _power(3.0), _power(4.0), _power(0.3)
    (4.0, 4.0, 0.5)
    """
    mantissa, exponent = np.frexp(value)
    return float(np.ldexp(1.0, int(np.clip(exponent - (mantissa == 0.5), -1000, 1000))))
