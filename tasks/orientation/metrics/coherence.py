"""Wasserstein distance of coherences: do lines run as parallel as they should?

Single wrong pixels lower the coherence as lost lines do; measured after a median filter as well,
the two come apart.
"""

from dataclasses import dataclass

import numpy as np

from tasks.orientation.metrics.histogram import Bins
from tasks.orientation.metrics.metric import Descriptions, Mean, Pictures
from tasks.orientation.metrics.tensor import orientation

BINS = Bins(0.0, 1.0, 256)


@dataclass(frozen=True)
class Coherence:
    """The law of a pixel's coherence in [0, 1], after a 3 × 3 median where `median`."""

    median: bool

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return the histogram of the coherences."""
        found = np.abs(orientation(pictures, median=self.median))
        return BINS.shares(found.reshape(len(pictures), -1))

    def compare(self, first: Mean, second: Mean) -> float:
        """Return W₁, in units of the coherence."""
        return float(BINS.wasserstein(first, second))
