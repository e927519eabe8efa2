"""Shimmer by reading the map elsewhere.

A cell with the map coordinates (i, j) and the stray (s_row, s_col) shows what the map shows at
(i + s_row, j + s_col), bilinearly between nodes. Whatever the stray, no value leaves the range of
what the nodes show. Between the nodes is not where the still impression is read, which shows the
best matching unit: a clip of this motion is a little smoother than the picture's impression.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.straying import Shimmer


def looked_up(atlas: Atlas, still: Maps, stray: Float32[np.ndarray, "y x axis"]) -> Maps:
    """Return what the map shows where the cells have come to."""
    return atlas.read(atlas.coordinates + stray)


@dataclass(frozen=True)
class CodebookLookup(Shimmer):
    """Straying, looked up in the map."""

    follow = staticmethod(looked_up)
