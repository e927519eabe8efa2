"""Painters around other painters: what all of them share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from jaxtyping import Float32

from tasks.video.scene import Painter, Pictures


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
    field `size`, or around another one.
    """
    if isinstance(painter, Wrapper):
        return replace(painter, painter=sized(painter.painter, size))
    return replace(painter, size=size)


@dataclass(frozen=True, eq=False)
class Wrapper:
    """A painter around `painter`, of pictures of its size from noise of its shape."""

    painter: Painter

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the pictures, pixels."""
        return self.painter.size

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of the noise of one picture."""
        return self.painter.noise_shape

    def attending(self) -> Self:
        """Return the same around a painter whose pictures attend to the first of their batch."""
        return replace(self, painter=attending(self.painter))

    def round_trip(self, pictures: Pictures) -> Pictures:
        """Return the pictures, encoded and decoded."""
        return round_trip(self.painter, pictures)


def in_batches(
    paint: Callable[..., Pictures],
    most: int,
    maps: Float32[np.ndarray, "picture channel y x"],
    captions: Sequence[str],
    noise: Float32[np.ndarray, "picture latent row col"],
    *,
    start: Pictures | None,
    strength: float,
) -> Pictures:
    """Return one picture per impression, `paint` being called for the first `most` of them, the
    next `most`, and so on.
    """
    painted = [
        paint(
            maps[cut],
            captions[cut],
            noise[cut],
            None if start is None else start[cut],
            strength,
        )
        for cut in (slice(first, first + most) for first in range(0, len(maps), most))
    ]
    return painted[0] if len(painted) == 1 else np.concatenate(painted)
