"""Ways of making frames around other ways.

Some options concern what is painted, not when: that all pictures attend to the still one, take its
colours, have their luminance aligned, or reach beyond the border. Each is a way that hands another
way, `frames`, a painter that does so; they can be put into each other.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from tasks.core import registry
from tasks.video.painters.wrapper import Wrapper
from tasks.video.registry import FRAMES
from tasks.video.scene import Film, Frame, Painter, Pictures, Scene


@dataclass(frozen=True)
class Around:
    """`frames` is the way inside: {name: ..., its fields}."""

    frames: dict[str, Any]

    def __post_init__(self) -> None:
        """Raise InputError where the way inside is none."""
        self.inner()

    def inner(self) -> Callable[[Scene, Painter], Film]:
        """Return the way inside."""
        return registry.build(FRAMES, self.frames, what="video.frames")


@dataclass(frozen=True, eq=False)
class Wrapped(Wrapper):
    """A painter around another one, for one scene."""

    scene: Scene


@dataclass(frozen=True, eq=False)
class Finishing(Wrapped, ABC):
    """Paints as the painter inside does, and finishes each picture by itself."""

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression."""
        pictures = self.painter(maps, captions, noise, start, strength)
        return np.stack([self.finish(picture) for picture in pictures])

    @abstractmethod
    def finish(self, picture: Frame) -> Frame:
        """Return the picture, finished."""
