"""Comparison of two sets: the distance, its floor and its interval.

A distance of finite sets is above zero even between sets of real pictures: the floor says how far.
Compare a model's distance only with a floor of the same size of set. Bootstrap intervals resample
whole pictures, and share the upward bias of the distances themselves.
"""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64

from tasks.orientation.metrics.alignment import Alignment
from tasks.orientation.metrics.coherence import Coherence
from tasks.orientation.metrics.intensity import Intensity
from tasks.orientation.metrics.metric import Descriptions, Metric
from tasks.orientation.metrics.patches import Patches
from tasks.orientation.metrics.spectrum import Spectrum

METRICS: Mapping[str, Metric] = {
    "patches": Patches(side=7, stride=2, directions=64, seed=0),
    "spectrum": Spectrum(),
    "coherence": Coherence(median=False),
    "coherence_median": Coherence(median=True),
    "alignment": Alignment(lags=(2, 4, 8, 12)),
    "intensity": Intensity(),
}


def distance(metric: Metric, first: Descriptions, second: Descriptions) -> float:
    """Return the distance of two described sets."""
    return metric.compare(first.mean(0), second.mean(0))


def floor(
    metric: Metric, real: Descriptions, size: int, draws: int, generator: np.random.Generator
) -> Float64[np.ndarray, " draw"]:
    """Return the distances of `draws` random subsets of `size` real pictures to the others.

    Raises:
        ValueError: no picture would be left to compare with.
    """
    if not 1 <= size < len(real):
        raise ValueError(f"size is {size} of {len(real)} real pictures; some must be left")
    found = []
    for _ in range(draws):
        order = generator.permutation(len(real))
        found.append(distance(metric, real[order[:size]], real[order[size:]]))
    return np.array(found)


def interval(
    metric: Metric,
    samples: Descriptions,
    reference: Descriptions,
    draws: int,
    generator: np.random.Generator,
    *,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the distance, both sets resampled."""
    found = [
        metric.compare(_resampled(samples, generator), _resampled(reference, generator))
        for _ in range(draws)
    ]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled(
    described: Descriptions, generator: np.random.Generator
) -> Float64[np.ndarray, " feature"]:
    """Return the mean over as many pictures, drawn with repetition."""
    counts = generator.multinomial(len(described), np.full(len(described), 1 / len(described)))
    return counts @ described / len(described)
