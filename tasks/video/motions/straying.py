"""Cells that stray on the map, and so change their looks.

With Z the local order of the phases at a cell, the cell is moved on the map by

    s(x, t) = ρ (Re Z, Im Z)    along (rows, columns), in nodes,

and its impression follows it: along the tangents (`tangent_shimmer`) or by reading the map where
it has come to (`codebook_lookup`). To first order both are the same. Geometry stays: it is
colours, lights and edges that swell and fade. More than a node makes blotches, so ρ ≤ 1. The
impression changes in the still picture, before any displacement; the two can be combined
(`waves_and_shimmer`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float, Float32
from pydantic import Field

from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.local_order import local_order

Follow = Callable[[Atlas, Maps, Float32[np.ndarray, "y x axis"]], Maps]


@dataclass(frozen=True, eq=False)
class Straying(Displacement):
    """A displacement (of nothing, maybe) during which cells stray by `stray` (nodes); `follow`
    gives the impression from the still one.
    """

    stray: Float32[np.ndarray, "frame y x axis"]
    follow: Follow

    @property
    def strays(self) -> bool:
        """True: the impression depends on the time."""
        return True

    def impression(self, still: Maps, atlas: Atlas | None, time: float) -> Maps:
        """Return the impression at `time` in [0, 1) of the loop, linear between frames.

        Raises:
            ValueError: the atlas is missing.
        """
        if atlas is None:
            raise ValueError("atlas: cells that stray need one")
        whole, share = divmod(round(time * self.frames, 9), 1.0)
        here, there = (self.stray[(int(whole) + step) % self.frames] for step in (0, 1))
        return self.follow(atlas, still, np.float32(1 - share) * here + np.float32(share) * there)


@dataclass(frozen=True)
class Shimmer:
    """A motion by straying cells: `amplitude` (ρ) and `coherence` in nodes, `smoothing` in widths
    of the picture. A variant says by `follow` how the impression follows.
    """

    amplitude: Annotated[float, Field(ge=0, le=1)]
    smoothing: Annotated[float, Field(gt=0, le=1)]
    coherence: Annotated[float, Field(ge=0, le=16)]
    follow: ClassVar[Follow]

    def __call__(
        self, phase: Float[np.ndarray, "frame row col"], coordinates: Float[np.ndarray, "y x axis"]
    ) -> Straying:
        """Return cells that stray by `amplitude` in a picture that does not move."""
        unit = [
            local_order(field, coordinates, coherence=self.coherence, smoothing=self.smoothing)
            for field in phase
        ]
        stray = (self.amplitude * np.stack(unit)).astype(np.float32)
        return Straying(np.zeros_like(stray), 0.0, 0.0, stray, type(self).follow)
