"""The samples as the map sees them: standardised, on the grid of exact sums, block by block.

The grid's step depends on the number of samples and on the largest magnitude (`fixed_point`), and
standardisation is monotonic: the least and the greatest value of each feature tell the largest
magnitude, and so the moments are all that must be known beforehand. Blocks then give the same bits
as the whole table at once.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Float64

from tasks.som.samples import fixed_point
from tasks.som.samples.moments import Moments
from tasks.som.samples.source import Block, Mapped, Source
from tasks.som.samples.standardisation import Standardisation

ROWS = 1 << 13
"""Samples in double precision at a time."""


@dataclass(frozen=True)
class Standardised:
    """What becomes of a sample under the rule of all samples, and what their products need."""

    rule: Standardisation
    found: Moments

    @cached_property
    def _extremes(self) -> Float64[np.ndarray, "2 feature"]:
        return self.rule.apply(np.stack([self.found.lowest, self.found.highest]))

    @cached_property
    def step(self) -> float:
        """The grid of plain sums."""
        return fixed_point.step(self.found.rows, float(np.abs(self._extremes).max()))

    def __call__(self, values: Block) -> Float32[np.ndarray, "sample feature"]:
        """Return the standardised samples on the grid."""
        result = np.empty(values.shape, dtype=np.float32)
        for start in range(0, len(values), ROWS):
            part = slice(start, start + ROWS)
            result[part] = fixed_point.rounded(self.rule.apply(values[part]), self.step)
        return result

    def source(self, raw: Source) -> Source:
        """Return the standardised samples of `raw`."""
        return Mapped(raw, self)


def scatter(
    samples: Source, step: float
) -> tuple[Float64[np.ndarray, " feature"], Float64[np.ndarray, "feature feature"]]:
    """Return mean and covariance of `samples`, rounded to multiples of `step` (that of products):
    exact sums, whatever the blocks.
    """
    total = np.zeros(samples.features)
    products = np.zeros((samples.features, samples.features))
    for block in samples.blocks():
        for start in range(0, len(block), ROWS):
            part = block[start : start + ROWS].astype(np.float64)
            table = fixed_point.rounded(part, step)
            total += table.sum(axis=0)
            products += table.T @ table
    mean = total / samples.rows
    return mean, products / samples.rows - np.outer(mean, mean)
