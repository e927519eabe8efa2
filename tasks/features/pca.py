"""Local principal components: along how many ways the neighbourhoods of a cell's pixels differ.

The k x k pixels around a pixel of the cell are a vector n of k² values of luma. The covariance of
these vectors over the cell's pixels,

    C = ⟨(n - ⟨n⟩)(n - ⟨n⟩)ᵀ⟩ = Σ_i λ_i e_i e_iᵀ,      λ_1 >= λ_2 >= ... >= 0,

has as its eigenvalues the variances along its principal components; the features are the
deviations pca_i = √λ_i of the first few. A flat cell has none, a ramp or a straight edge one, a
corner two, a texture many. Directions e_i are left out: their sign and order are a matter of
chance, and a basis of the whole data set would make a picture's numbers depend on the others.
Since tr C <= k²/4 for luma in [0, 1], √λ_i <= k / (2 √i).

Cells lie as in `cells`: windows and neighbourhoods are continued by reflection.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from numpy.lib.stride_tricks import sliding_window_view
from pydantic import Field

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight


@dataclass(frozen=True)
class Pca:
    """The first `components` deviations of neighbourhoods `side` x `side` pixels large."""

    weight: Weight
    side: Annotated[int, Field(ge=2, le=9)]
    components: Annotated[int, Field(ge=1, le=81)]

    def __post_init__(self) -> None:
        if self.components > self.side**2:
            raise ValueError(
                f"components is {self.components}, more than the {self.side**2} pixels of a "
                "neighbourhood; ask for fewer"
            )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One channel a component, largest first."""
        return tuple(
            Channel(f"pca_{index}", "1", 0, self.side / (2 * index**0.5))
            for index in range(1, self.components + 1)
        )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols component"]:
        """Return √λ_1, √λ_2, ... of each cell."""
        rows, cols = cells.grid(*pictures.shape[1:3])
        values = np.empty((len(pictures), rows, cols, self.components), np.float32)
        for index, luma in enumerate(light.luma(pictures)):
            for row, strip in enumerate(self._neighbourhoods(luma, cells)):
                variances = np.linalg.eigvalsh(_covariance(strip))[:, ::-1]
                values[index, row] = np.sqrt(np.maximum(variances[:, : self.components], 0))
        return values

    def _neighbourhoods(
        self, luma: Float32[np.ndarray, "y x"], cells: Cells
    ) -> Float32[np.ndarray, "rows cols cell cell side side"]:
        """Return a view of every pixel's neighbourhood in every window."""
        before, around = (cells.cell - cells.stride) // 2, (self.side - 1) // 2
        border = (
            before + around,
            cells.cell - cells.stride - before + self.side - 1 - around,
        )
        padded = np.pad(luma, border, mode="symmetric")
        patches = sliding_window_view(padded, (self.side, self.side))
        windows = sliding_window_view(patches, (cells.cell, cells.cell), axis=(0, 1))  # pyright: ignore[reportArgumentType, reportCallIssue]
        return np.moveaxis(windows[:: cells.stride, :: cells.stride], (2, 3), (4, 5))


def _covariance(
    strip: Float32[np.ndarray, "cols cell cell side side"],
) -> Float64[np.ndarray, "cols value value"]:
    """Return C of each cell of one row of cells."""
    cols, cell, _, side, _ = strip.shape
    samples = strip.reshape(cols, cell * cell, side * side).astype(np.float64)
    centred = samples - samples.mean(axis=1, keepdims=True)
    return np.swapaxes(centred, 1, 2) @ centred / cell**2
