"""Luminance: how bright the prototype is, compressed as sRGB compresses light, so that steps look
about equally large.

    luma = V(Y),

Y being the feature `luminance` (linear, 1 for white) and V the transfer function of sRGB (`srgb`).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from tasks.impressions import srgb
from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Luminance:
    """The feature `luminance` as luma."""

    channels: ClassVar[tuple[str, ...]] = ("luma",)
    units: ClassVar[str] = "1, sRGB"

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return luma in [0, 1]."""
        return srgb.stored(nodes.feature("luminance"))[:, None]
