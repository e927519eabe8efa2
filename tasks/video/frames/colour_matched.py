"""All pictures with the colours of the still one.

In CIELAB, channel by channel,

    x' = (x − mean x) · std s / std x + mean s,

s the still picture. `low_pass` does so with what a Gaussian leaves of both (σ = 1/16 of the width)
and puts the detail back as it was, whose contrast then stays.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.video.frames.around import Around, Finishing
from tasks.video.frames.still import still
from tasks.video.motions.warping import to_bytes
from tasks.video.scene import Film, Frame, Painter, Pictures, Scene

SHARE = 1 / 16
Colours = Float32[np.ndarray, "y x 3"]


@dataclass(frozen=True)
class ColourMatched(Around):
    """The way inside, its pictures matched by their `match`."""

    match: Literal["moments", "low_pass"]

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        return self.inner()(scene, Matching(painter, scene, self.match))


@dataclass(frozen=True, eq=False)
class Matching(Finishing):
    """Gives what is painted the colours of the still picture."""

    match: Literal["moments", "low_pass"]

    def finish(self, picture: Frame) -> Frame:
        """Return the picture in those colours."""
        change = moments if self.match == "moments" else low_pass
        return to_rgb(change(to_lab(picture), self.wanted))

    @cached_property
    def wanted(self) -> Colours:
        """The still picture in CIELAB."""
        return to_lab(still(self.scene, self.painter)[0])


def moments(picture: Colours, wanted: Colours) -> Colours:
    """Return the picture with mean and standard deviation of `wanted`, channel by channel."""
    mean, spread = picture.mean((0, 1)), picture.std((0, 1))
    factor = wanted.std((0, 1)) / np.maximum(spread, 1e-6)
    return (picture - mean) * factor + wanted.mean((0, 1))


def low_pass(picture: Colours, wanted: Colours) -> Colours:
    """Return the picture with its coarse part matched, and its detail as it was."""
    sigma = SHARE * picture.shape[1]
    coarse, aim = (cv2.GaussianBlur(each, (0, 0), sigma) for each in (picture, wanted))
    return picture - coarse + moments(coarse, aim)


def to_lab(picture: Pictures) -> Colours:
    """Return CIELAB of an sRGB picture."""
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)


def to_rgb(lab: Colours) -> Pictures:
    """Return the sRGB picture."""
    return to_bytes(255 * cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_Lab2RGB))
