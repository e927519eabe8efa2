r"""The orientation of ridges, from a finger's singular points.

In the plane z = x + iy, y upwards, a loop at l and a delta at d turn the ridges by half the angle
under which they are seen (Sherlock & Monro 1993, A model for interpreting fingerprint topology):

    φ(z) = ½ [ Σ g(arg(z − l)) − Σ g(arg(z − d)) ],

zeros and poles of a rational function, so that a turn around a loop turns the ridges by half a
circle, around a delta back by as much; with as many of both, ridges far away are level. g is the
identity there; Vizcaya & Gerhardt (1996, A nonlinear orientation model for global description of
fingerprints) bend it to fit fingers: g(α) = α + b(α), b continuous, periodic and linear between
`KNOTS` angles, which leaves the turns as they are.

An arch has no singular points; its ridges rise in the middle (Maltoni et al. 2009, Handbook of
Fingerprint Recognition, section 6.2): tan φ = h(y) cos π x, with h falling to the print's foot.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

KNOTS = 8
Plane = Float64[np.ndarray, "y x"]
Bend = tuple[float, ...]
Point = tuple[float, float]


@dataclass(frozen=True)
class Singular:
    """A singular point: where it lies (x, y), its sign (+1 a loop, −1 a delta), and its bend at
    `KNOTS` even angles from −π on, in rad.
    """

    point: Point
    sign: int
    bend: Bend


@dataclass(frozen=True)
class Flow:
    """A finger's orientation: its singular points, or an arch of height `arch` where there are
    none. The finger's tip is about the square [0, 1]².
    """

    singular: tuple[Singular, ...]
    arch: float

    def __call__(self, x: Plane, y: Plane) -> Plane:
        """Return φ in rad, in [−π/2, π/2), counted from the x axis towards y."""
        if not self.singular:
            return np.arctan(self.arch * np.clip(y / 0.7 - 0.2, 0, 1) * np.cos(math.pi * x))
        doubled = sum(point.sign * bent(x, y, point) for point in self.singular)
        return np.mod(np.asarray(doubled) / 2 + math.pi / 2, math.pi) - math.pi / 2


def bent(x: Plane, y: Plane, singular: Singular) -> Plane:
    """Return g(arg(z − p))."""
    angle = np.arctan2(y - singular.point[1], x - singular.point[0])
    knots = np.linspace(-math.pi, math.pi, KNOTS + 1)
    return angle + np.interp(angle, knots, (*singular.bend, singular.bend[0]))
