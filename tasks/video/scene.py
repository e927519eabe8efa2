"""What a clip is made of, and what making it gives.

A painter turns impressions, captions and noise into pictures; it knows nothing of time. A way of
making frames turns a scene and a painter into a film, whose every frame is a function of the scene
and the frame's number alone: computed by itself or in a run, in this process or in the next, frame
k is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.core.random import generator
from tasks.video.motions.atlas import Atlas
from tasks.video.motions.displacement import Displacement, Field

Pictures = UInt8[np.ndarray, "picture y x 3"]
Frame = UInt8[np.ndarray, "y x 3"]


class Painter(Protocol):
    """Paints pictures of one size (rows, columns) from impressions."""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the pictures, pixels."""
        ...

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of the noise of one picture."""
        ...

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression; with `start`, only the share `strength` of each is
        painted anew.
        """
        ...


@dataclass(frozen=True, eq=False)
class Scene:
    """One picture's impression (values in [0, 1]), its caption, its motion, and the chance that
    belongs to it; the atlas, where the impression changes.
    """

    name: str
    caption: str
    maps: Float32[np.ndarray, "channel row col"]
    displacement: Displacement
    seed: int
    atlas: Atlas | None = None

    def impression(self, time: float) -> Float32[np.ndarray, "channel row col"]:
        """Return the impression before its displacement, at `time` in [0, 1) of the loop."""
        return self.displacement.impression(self.maps, self.atlas, time)

    def flow(self, start: int, stop: int, height: int, width: int) -> Field:
        """Return how far, in pixels, each place of frame `start` has moved in frame `stop`."""
        return self.displacement.flow(start, stop, height, width)

    def noise(
        self, shape: tuple[int, int, int], *use: str | int
    ) -> Float32[np.ndarray, "latent row col"]:
        """Return the unit normal noise that `use` names."""
        return generator(self.seed, "video", self.name, *use).standard_normal(
            shape, dtype=np.float32
        )


@dataclass(frozen=True)
class Film:
    """`frame(k)` gives frame k of `frames`, (rows, columns) = `size`."""

    frames: int
    size: tuple[int, int]
    frame: Callable[[int], Frame]
