"""Local entropy: how unpredictable the luma of a cell's pixels is.

Luma is cut into B levels of equal width. With p_b the share of the cell's pixels at level b,

    H = -Σ_b p_b log₂ p_b       bits (Shannon 1948),      0 <= H <= log₂ B,

0 where all pixels are at one level.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import Field
from scipy.special import entr

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Entropy:
    """Entropy of luma at `levels` levels."""

    weight: Weight
    levels: Annotated[int, Field(ge=2, le=256)]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The entropy, up to that of levels equally frequent."""
        return (Channel("entropy", "bit", 0, float(np.log2(self.levels))),)

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 1"]:
        """Return H of each cell."""
        level = quantize(light.luma(pictures), self.levels)
        total = np.zeros((len(pictures), *cells.grid(*pictures.shape[1:3])), np.float32)
        for index in range(self.levels):
            total += entr(cells.pool((level == index).astype(np.float32)))
        return (total / np.float32(np.log(2)))[..., None]


def quantize(
    luma: Float32[np.ndarray, "picture y x"], levels: int
) -> UInt8[np.ndarray, "picture y x"]:
    """Return the level of each pixel, from 0 to `levels` - 1."""
    return np.minimum(luma * np.float32(levels), np.float32(levels - 1)).astype(np.uint8)
