"""A metric describes pictures one by one and compares the mean descriptions of two sets.

Since a set enters by a mean over its pictures, floors and bootstrap intervals reweigh descriptions
and never look at a picture twice (`tasks.orientation.metrics.comparison`). Pictures are grey,
uint8; their values count as x = 2 v / 255 − 1 in [−1, 1].
"""

from typing import Protocol

import numpy as np
from jaxtyping import Float64, UInt8

Pictures = UInt8[np.ndarray, "picture y x"]
Descriptions = Float64[np.ndarray, "picture feature"]
Mean = Float64[np.ndarray, " feature"]


class Metric(Protocol):
    """What a metric offers; all are frozen dataclasses."""

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return one row a picture, the same whatever its company."""
        ...

    def compare(self, first: Mean, second: Mean) -> float:
        """Return the distance (≥ 0) of two sets from their mean descriptions."""
        ...


def values(pictures: Pictures) -> Float64[np.ndarray, "picture y x"]:
    """Return the values, in [−1, 1]."""
    return pictures * (2 / 255) - 1
