"""Texture: how much the luma varies within a cell.

    variance = ⟨Y'²⟩ - ⟨Y'⟩²,    deviation = √variance,

⟨·⟩ being the mean over the cell. The difference is taken in double precision: in single it would
drown a faint texture. The deviation is what is handed on, since it has the luma's units and is far
less skewed than the variance.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Variance:
    """Local standard deviation of luma, in [0, ½]."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (Channel("deviation", "1", 0, 0.5),)

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 1"]:
        """Return the standard deviation of luma within each cell."""
        luma = light.luma(pictures).astype(np.float64)
        mean = cells.pool(luma)
        variance = np.maximum(cells.pool(luma * luma) - mean * mean, 0)
        return np.sqrt(variance).astype(np.float32)[..., None]
