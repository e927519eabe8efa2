"""Ways of making frames around other ways.

Some options concern what is painted, not when: that all pictures attend to the still one, take its
colours, have their luminance aligned, or reach beyond the border. Each is a way that hands another
way, `frames`, a painter that does so; they can be put into each other.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, runtime_checkable

from tasks.core import registry
from tasks.video.registry import FRAMES
from tasks.video.scene import Film, Painter, Pictures, Scene


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


@runtime_checkable
class LatentPainter(Painter, Protocol):
    """A painter that paints in latents, by a network with attention."""

    def attending(self) -> Self:
        """Return the painter whose pictures all attend to the first one of their batch."""
        ...

    def round_trip(self, pictures: Pictures) -> Pictures:
        """Return the pictures, encoded and decoded."""
        ...


def attending(painter: Painter) -> Painter:
    """Return the painter whose pictures attend to the first one of their batch; one that knows no
    attention is returned as it is.
    """
    return painter.attending() if isinstance(painter, LatentPainter) else painter


def round_trip(painter: Painter, pictures: Pictures) -> Pictures:
    """Return the pictures, encoded and decoded; unchanged where the painter has no autoencoder."""
    return painter.round_trip(pictures) if isinstance(painter, LatentPainter) else pictures


def sized(painter: Any, size: tuple[int, int]) -> Any:
    """Return the painter for pictures of `size` (rows, columns): painters are dataclasses with a
    field `size`, or around another, their field `painter`.
    """
    if hasattr(painter, "painter"):
        return replace(painter, painter=sized(painter.painter, size))
    return replace(painter, size=size)


@dataclass(frozen=True, eq=False)
class Wrapped:
    """A painter around `painter`, for one scene: what all such painters share."""

    painter: Painter
    scene: Scene

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the pictures, pixels."""
        return self.painter.size

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of the noise of one picture."""
        return self.painter.noise_shape

    def attending(self) -> Self:
        """Return the same around a painter whose pictures attend to the first."""
        return replace(self, painter=attending(self.painter))

    def round_trip(self, pictures: Pictures) -> Pictures:
        """Return the pictures, encoded and decoded."""
        return round_trip(self.painter, pictures)
