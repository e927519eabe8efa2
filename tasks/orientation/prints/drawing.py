"""A print: a window on a finger, its ridges, and what ink and skin make of them."""

import math
from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8
from pydantic import Field

from tasks.orientation.prints import finger
from tasks.orientation.prints.flow import Flow
from tasks.orientation.prints.ridges import grow
from tasks.pictures.scenery.noise import field

ROUNDS = 16
APART = 3
"""Periods between the specks that ridges grow from."""
ACROSS = 40
"""Ridges from one side of a finger to the other."""
STRETCH = 0.12
"""How far, relatively, the period strays from its mean."""
MARGIN = 2.5
"""Periods that are drawn beyond the edge and cut off, since the filters are periodic."""


@dataclass(frozen=True)
class Prints:
    """Prints of `size` × `size` pixels, their ridges between `least` and `most` pixels apart."""

    size: Annotated[int, Field(ge=16)]
    least: Annotated[float, Field(ge=4)]
    most: Annotated[float, Field(ge=4)]

    def __call__(self, generator: np.random.Generator) -> UInt8[np.ndarray, "y x"]:
        """Return a new print: dark ridges, bright valleys."""
        return self.drawn(generator)[0]

    def drawn(
        self, generator: np.random.Generator
    ) -> tuple[UInt8[np.ndarray, "y x"], Float64[np.ndarray, "y x"]]:
        """Return a new print and the angle of its ridges, in rad from the x axis towards the top
        edge.
        """
        period = float(generator.uniform(self.least, self.most))
        margin = math.ceil(MARGIN * self.most)
        whole = self.size + 2 * margin
        flow = finger.draw(generator)
        angle = seen(flow, whole, whole / (ACROSS * period), generator)
        stray = 2 * field(generator, (3, 3), (whole, whole), octaves=2) - 1
        specks = generator.standard_normal((whole, whole), dtype=np.float32)
        specks *= generator.random((whole, whole)) < 1 / (APART * period) ** 2
        ridges = grow(specks, angle, period * (1 + STRETCH * stray.astype(np.float64)), ROUNDS)
        inside = slice(margin, margin + self.size)
        return pressed(ridges, generator)[inside, inside], angle[inside, inside]


def seen(
    flow: Flow, size: int, span: float, generator: np.random.Generator
) -> Float64[np.ndarray, "y x"]:
    """Return the angles in a window of the finger, `span` of it wide, about its middle and a
    little turned.
    """
    middle = generator.uniform((0.3, 0.3), (0.7, 0.75))
    turn = float(generator.normal(0, 0.2))
    offsets = span * ((np.arange(size) + 0.5) / size - 0.5)
    x, y = offsets[None], -offsets[:, None]
    cosine, sine = math.cos(turn), math.sin(turn)
    angle = flow(middle[0] + cosine * x + sine * y, middle[1] - sine * x + cosine * y)
    return angle + turn


def pressed(
    ridges: Float32[np.ndarray, "y x"], generator: np.random.Generator
) -> UInt8[np.ndarray, "y x"]:
    """Return ridges in [−1, 1] as grey: thicker or thinner from place to place, soft, grainy, at
    a contrast of their own.
    """
    pressure = generator.normal(0, 0.15) + 0.5 * (
        field(generator, (3, 3), ridges.shape, octaves=3) - 0.5
    )
    ink = np.tanh(2.5 * (ridges + pressure)).astype(np.float32)
    grain = 0.12 * generator.standard_normal(ridges.shape, dtype=np.float32)
    soft = cv2.GaussianBlur(ink + grain, (0, 0), float(generator.uniform(0.5, 0.8)))
    contrast, middle = generator.uniform(0.75, 1.0), generator.normal(0, 0.05)
    return np.clip(np.rint(127.5 * (1 - contrast * soft + middle)), 0, 255).astype(np.uint8)
