"""The coordinates in which the map computes.

Distances do not change when all samples are moved, and scale when all are multiplied. So the
search and the sums work on

    z = (x - c) / 2^k,

c_f the middle of the range of feature f, 2^k the least power of two that is no less than half of
the widest range: within [-1, 1], where single precision neither cancels nor overflows, whatever
the units of x. For sums that no order changes, feature f is rounded to multiples of 2^(e_f - b),
with 2^e_f no less than its largest |z_f| and b = 24, the precision of float32, or as many bits
fewer as there are samples to be added (`fixed_point`): N terms of at most 2^b steps each stay
below 2^53. A feature without spread has e_f = -100, for the least difference of a later sample
to be noticed.

Samples beyond twice 2^e_f do not belong to these coordinates: they are measured in double
precision (`distant`), and a part of the data that does not suit them is learned in others
(`Fitted.moved`).
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64

SINGLE = 24
DOUBLE = 53
FARTHEST = 2.0**60
NO_SPREAD = 2.0**-100
"""2^e_f of a feature without spread: still a normal number in single precision."""
NARROW = 2.0**-8
"""A part with less than this share of the range would be left with less than 16 bits."""
NODES = 2.0**40
"""Nodes are no farther away than this, in z."""


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
        reach = np.array([_power(share) if share > 0 else NO_SPREAD for share in half / scale])
        return cls(lowest + half, scale, reach * 2.0**-bits)

    @classmethod
    def beside(
        cls,
        lowest: Float64[np.ndarray, " feature"],
        highest: Float64[np.ndarray, " feature"],
        count: int,
        nodes: Float64[np.ndarray, "node feature"],
    ) -> Self:
        """Return the origin for a part of the data when there are `nodes` already, which may be
        far away. Features without spread, or without any value, have the nodes' range.
        """
        bare = ~(highest > lowest)
        low = np.where(bare, np.fmin(lowest, nodes.min(axis=0)), lowest)
        high = np.where(bare, np.fmax(highest, nodes.max(axis=0)), highest)
        found = cls.of(low, high, count)
        least = float(np.abs(nodes / NODES - found.centre / NODES).max())
        if found.scale >= least:
            return found
        scale = _power(least)
        return replace(found, scale=scale, step=found.step * (found.scale / scale))

    @property
    def reach(self) -> Float64[np.ndarray, " feature"]:
        """Return the largest |z| of each feature that the grid is made for."""
        return self.step * 2.0 ** (SINGLE + 1)

    def suits(
        self,
        lowest: Float64[np.ndarray, " feature"],
        highest: Float64[np.ndarray, " feature"],
    ) -> bool:
        """Return whether samples of that range are neither beyond the grid nor lost in it."""
        half = (highest / 2 - lowest / 2) / self.scale
        narrow = (half > 0) & (half < NARROW * self.reach)
        return not (narrow.any() or self.beyond(np.stack([lowest, highest])).any())

    def beyond(self, values: Float[np.ndarray, "sample feature"]) -> Bool[np.ndarray, " sample"]:
        """Return which samples have a value beyond the grid."""
        with np.errstate(over="ignore"):
            return np.any(np.abs(self.nodes(values)) > self.reach, axis=1)

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
