"""Mean colour of a cell, in CIELAB: lightness L, green to red a, blue to yellow b. Equal distances
look about equally large.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Lab:
    """CIELAB under D65."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (
        Channel("L", "1", 0, 100),
        Channel("a", "1", -128, 128),
        Channel("b", "1", -128, 128),
    )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 3"]:
        """Return the mean of L, a, b over each cell."""
        return np.stack([cells.pool(channel) for channel in light.lab(pictures)], axis=-1)
