"""Cells: the windows over which dense maps are averaged.

A picture of h x w pixels has (h / s) x (w / s) cells, s being the stride: cell (i, j) stands for
the block of s x s pixels whose first pixel is (i s, j s). Its value is the mean of a map over a
window of c x c pixels, c >= s, centred on that block,

    mean[i, j] = 1/c² · Σ_{u<c} Σ_{v<c} map[i s - p + u, j s - p + v],      p = ⌊(c - s) / 2⌋,

where the map is continued across the border by reflection (the border pixel is repeated). With c =
s this is the plain block mean. Both sums are taken one after the other, so that a pixel is read
2c/s times at most instead of (c/s)².
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Cells:
    """Windows `cell` pixels wide, one every `stride` pixels."""

    cell: int
    stride: int

    def __post_init__(self) -> None:
        if self.stride < 1:
            raise ValueError(f"stride is {self.stride}; it must be at least 1 pixel")
        if self.cell < self.stride:
            raise ValueError(
                f"cell is {self.cell}, less than the stride of {self.stride}; pixels would be lost"
            )

    def grid(self, height: int, width: int) -> tuple[int, int]:
        """Return the number of rows and columns of cells of a picture of `height` x `width`
        pixels.

        Raises:
            ValueError: the stride does not divide both.
        """
        if height < 1 or width < 1 or height % self.stride or width % self.stride:
            raise ValueError(
                f"stride is {self.stride}; it must divide the picture's {height} x {width} pixels"
            )
        return height // self.stride, width // self.stride

    def pool(
        self, maps: Float[np.ndarray, "picture y x"]
    ) -> Float[np.ndarray, "picture rows cols"]:
        """Return the mean of `maps` over the window of each cell, in the maps' own precision."""
        rows, cols = self.grid(*maps.shape[1:])
        before = (self.cell - self.stride) // 2
        border = (before, self.cell - self.stride - before)
        padded = np.pad(maps, ((0, 0), border, border), mode="symmetric")
        total = self._sum(self._sum(padded, axis=1, count=rows), axis=2, count=cols)
        return total / maps.dtype.type(self.cell**2)

    def _sum(self, padded: np.ndarray, *, axis: int, count: int) -> np.ndarray:
        """Return the sums of `cell` neighbours along `axis`, one every `stride`, always in the
        same order.
        """
        last = (count - 1) * self.stride + 1
        before = (slice(None),) * axis
        total = padded[(*before, slice(0, last, self.stride))].copy()
        for offset in range(1, self.cell):
            total += padded[(*before, slice(offset, offset + last, self.stride))]
        return total
