"""Colour: the prototype's mean colour, as sRGB."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from tasks.impressions import srgb
from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Colour:
    """The features L, a, b (CIELAB) in sRGB."""

    channels: ClassVar[tuple[str, ...]] = ("red", "green", "blue")
    units: ClassVar[str] = "1, sRGB"

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return red, green and blue in [0, 1]."""
        return srgb.from_lab(nodes.feature("L"), nodes.feature("a"), nodes.feature("b"))
