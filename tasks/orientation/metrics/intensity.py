"""Wasserstein distance of intensities: are the greys as often as they should be?"""

from dataclasses import dataclass

from tasks.orientation.metrics.histogram import Bins
from tasks.orientation.metrics.metric import Descriptions, Mean, Pictures, values

BINS = Bins(-1 - 1 / 255, 1 + 1 / 255, 256)
"""One bin a grey."""


@dataclass(frozen=True)
class Intensity:
    """The law of a pixel's value in [−1, 1]."""

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return the share of each grey."""
        return BINS.shares(values(pictures).reshape(len(pictures), -1))

    def compare(self, first: Mean, second: Mean) -> float:
        """Return W₁, in units of the values."""
        return float(BINS.wasserstein(first, second))
