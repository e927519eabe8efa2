"""Shimmer along the tangents of the map.

A cell with the best matching unit c and the stray (s_row, s_col) shows

    f = f₀ + s_row t_row(c) + s_col t_col(c),

with t the change of what the nodes show per step along rows and columns. The still impression is
kept exactly where nothing strays. The line goes on beyond what the map holds; values are clipped
to [0, 1].
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.straying import Shimmer


def along_tangents(atlas: Atlas, still: Maps, stray: Float32[np.ndarray, "y x axis"]) -> Maps:
    """Return the still impression, changed along the tangents."""
    change = np.einsum("yxa,yxac->cyx", stray.astype(np.float64), atlas.tangents[atlas.units])
    return np.clip(still + change, 0, 1).astype(np.float32)


@dataclass(frozen=True)
class TangentShimmer(Shimmer):
    """Straying along the tangents."""

    follow = staticmethod(along_tangents)
