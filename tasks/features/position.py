"""Where a cell lies: its centre, as fractions of the picture's width and height. With a weight,
place counts as likeness.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Position:
    """x rightwards, y downwards."""

    weight: Weight
    channels: ClassVar[tuple[Channel, ...]] = (Channel("x", "1", 0, 1), Channel("y", "1", 0, 1))

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols 2"]:
        """Return ((j + ½) / columns, (i + ½) / rows) of cell (i, j), alike for every picture."""
        rows, cols = cells.grid(*pictures.shape[1:3])
        y, x = np.meshgrid(
            (np.arange(rows) + 0.5) / rows, (np.arange(cols) + 0.5) / cols, indexing="ij"
        )
        centres = np.stack([x, y], axis=-1).astype(np.float32)
        return np.broadcast_to(centres, (len(pictures), rows, cols, 2))
