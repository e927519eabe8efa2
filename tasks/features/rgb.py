"""Mean colour of a cell as sRGB stores it: red, green and blue between 0 and 1, compressed, not
linear light.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Rgb:
    """The stored values v / 255."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (
        Channel("red", "1", 0, 1),
        Channel("green", "1", 0, 1),
        Channel("blue", "1", 0, 1),
    )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 3"]:
        """Return the mean of red, green, blue over each cell."""
        stored = light.look_up(light.STORED, pictures)
        return np.stack([cells.pool(stored[..., channel]) for channel in range(3)], axis=-1)
