"""Mean relative luminance of a cell: how much light it sends, linear, 1 for white (BT.709;
equations in `light`).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Luminance:
    """The weighted sum of linear light."""

    weight: Weight
    on_gpu: ClassVar[bool] = True
    channels: ClassVar[tuple[Channel, ...]] = (Channel("luminance", "1", 0, 1),)

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 1"]:
        """Return the mean of Y over each cell."""
        return cells.pool(light.luminance(pictures))[..., None]
