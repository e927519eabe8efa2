"""What any way of painting in latents must lose: the moved picture, through the autoencoder alone.

The still picture is displaced at its final size, brought back to the size at which is painted,
encoded and decoded. Nothing is painted anew, so that no method that paints each frame in latents
can follow the motion better: where this row fails, they all fail.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from pydantic import Field

from tasks.video.frames.grouped import grouped
from tasks.video.frames.still import moved, still
from tasks.video.painters.wrapper import round_trip
from tasks.video.scene import Film, Painter, Pictures, Scene


@dataclass(frozen=True)
class RoundTrip:
    """`batch` frames are coded together; `upscale` is the enlargement. A painter without an
    autoencoder loses nothing.
    """

    batch: Annotated[int, Field(ge=1)]
    upscale: Annotated[int, Field(ge=1, le=8)]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""

        @cache
        def anchor() -> Pictures:
            return still(scene, painter)

        def paint(numbers: range) -> Pictures:
            return round_trip(painter, moved(scene, anchor(), numbers, self.upscale))

        return grouped(scene, painter, paint, batch=self.batch, upscale=self.upscale)
