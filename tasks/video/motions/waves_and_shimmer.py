"""Both at once: the impression shimmers in the still picture, and the picture is displaced.

    V_t(x) = C_t(x + d(x, t)),    C_t painted from the impression that shimmers.

In this order, since a shimmer that did not move along with the picture would stand in front of it
like dirt on a window. One field of phases drives the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.video.motions.straying import Straying
from tasks.video.registry import MOTIONS

SHIMMERS = ("codebook_lookup", "tangent_shimmer")


@dataclass(frozen=True)
class WavesAndShimmer:
    """`waves` is the motion that displaces the picture, `shimmer` the one that changes its
    impression.
    """

    waves: dict[str, Any]
    shimmer: dict[str, Any]

    def __post_init__(self) -> None:
        """Raise InputError where one of the two is not such a motion."""
        if self.shimmer.get("name") not in SHIMMERS:
            raise InputError(f"motion.shimmer: name: choose one of {', '.join(SHIMMERS)}")
        if self.waves.get("name") in (*SHIMMERS, "waves_and_shimmer"):
            raise InputError("motion.waves: name: choose a motion that displaces the picture")
        built("waves", self.waves)
        built("shimmer", self.shimmer)

    def __call__(
        self, phase: Float[np.ndarray, "frame row col"], coordinates: Float[np.ndarray, "y x axis"]
    ) -> Straying:
        """Return the displacement of the one with the straying cells of the other."""
        moved = built("waves", self.waves)(phase, coordinates)
        cells = built("shimmer", self.shimmer)(phase, coordinates)
        return Straying(moved.grid, moved.amplitude, moved.requested, cells.stray, cells.follow)


def built(part: str, choice: Mapping[str, Any]) -> Any:
    """Return the motion that `choice` describes."""
    return registry.build(MOTIONS, choice, what=f"video.motion.{part}")
