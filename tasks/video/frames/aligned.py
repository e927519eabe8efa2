"""Pictures with their luminance aligned, as the Kuramoto-SOM temporal interpolator (KSTI) does.

The map's phases move the picture, and within it every pixel's luminance is a phase of its own that
its neighbours pull (`tasks.kuramoto.alignment`): grain that a painter leaves, and that would boil
when it is painted anew, is calmed, edges stay. The luminance is that of linear light,

    Y = .2126 R + .7152 G + .0722 B,    (R, G, B)' = (R, G, B) · Y'/Y,

so that hue and saturation stay.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tasks.core import registry
from tasks.features import light
from tasks.impressions import srgb
from tasks.kuramoto.alignment import Alignment
from tasks.video.frames.around import Around, Finishing
from tasks.video.motions.warping import to_bytes
from tasks.video.scene import Film, Frame, Painter, Scene

ALIGNMENTS = {"phases": "tasks.kuramoto.alignment:Alignment"}
DARK = 1e-4
"""Luminance below which colours are not scaled any more."""


@dataclass(frozen=True)
class Aligned(Around):
    """The way inside, its pictures aligned; `alignment` holds the fields of
    `tasks.kuramoto.alignment.Alignment`.
    """

    alignment: dict[str, Any]

    def __post_init__(self) -> None:
        """Raise InputError where the way inside or the alignment is none."""
        super().__post_init__()
        self.built()

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        return self.inner()(scene, Aligning(painter, scene, self.built()))

    def built(self) -> Alignment:
        """Return the alignment."""
        choice = {**self.alignment, "name": "phases"}
        return registry.build(ALIGNMENTS, choice, what="video.frames.alignment")


@dataclass(frozen=True, eq=False)
class Aligning(Finishing):
    """Aligns what is painted."""

    alignment: Alignment

    def finish(self, picture: Frame) -> Frame:
        """Return the picture, aligned."""
        return aligned(picture, self.alignment)


def aligned(picture: Frame, alignment: Alignment) -> Frame:
    """Return the picture with its luminance aligned, its hues kept."""
    before = light.luminance(picture[None])[0]
    factor = alignment(before) / np.maximum(before, DARK)
    colours = light.look_up(light.LINEAR, picture[None])[0] * factor[..., None]
    return to_bytes(255 * srgb.stored(colours))
