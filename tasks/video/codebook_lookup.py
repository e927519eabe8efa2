"""Shimmer by reading the map elsewhere.

A cell with the map coordinates (i, j) and the stray (s_row, s_col) shows what the map shows at
(i + s_row, j + s_col), bilinearly between nodes. Whatever the stray, no value leaves the range of
what the nodes show. Between the nodes is not where the still impression is read, which shows the
best matching unit: a clip of this motion is a little smoother than the picture's impression.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Float, Float32
from pydantic import Field

from tasks.video.atlas import Atlas, Maps
from tasks.video.straying import Straying, straying


@dataclass(frozen=True)
class CodebookLookup:
    """`amplitude` (ρ) and `coherence` in nodes, `smoothing` in widths of the picture."""

    amplitude: Annotated[float, Field(ge=0, le=1)]
    smoothing: Annotated[float, Field(gt=0, le=1)]
    coherence: Annotated[float, Field(ge=0, le=16)]

    def __call__(
        self, phase: Float[np.ndarray, "frame row col"], coordinates: Float[np.ndarray, "y x axis"]
    ) -> Straying:
        """Return cells that stray and are looked up; the picture does not move."""
        return straying(
            phase,
            coordinates,
            looked_up,
            amplitude=self.amplitude,
            smoothing=self.smoothing,
            coherence=self.coherence,
        )


def looked_up(atlas: Atlas, still: Maps, stray: Float32[np.ndarray, "y x axis"]) -> Maps:
    """Return what the map shows where the cells have come to."""
    return atlas.read(atlas.coordinates + stray)
