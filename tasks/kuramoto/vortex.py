"""Vortices: where the phase winds.

Around a square of four neighbours the phase differences, each wrapped to [−π, π), add up to 2π
times a whole number, the winding number:

    q = (1/2π) Σ wrap(θ_next − θ),    from the upper left node to the right, down, left and up.

It is 0 for a field that is continuous there, ±1 at a vortex. What a contour encloses is the sum of
the winding numbers inside it, so that the charge of a map changes only where a vortex crosses its
border, and on a torus is always 0.
"""

import math
from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float, Int

from tasks.kuramoto.order import wrap


def winding(phase: Float[Any, "row col"], *, torus: bool = False) -> Int[Any, "square_row square"]:
    """Return the winding number of each square of four neighbours; on a torus there are as many
    squares as nodes.
    """
    xp = array_namespace(phase)
    if torus:
        phase = xp.concat([phase, phase[:1, :]], axis=0)
        phase = xp.concat([phase, phase[:, :1]], axis=1)
    right, down = wrap(phase[:, 1:] - phase[:, :-1]), wrap(phase[1:, :] - phase[:-1, :])
    around = right[:-1, :] + down[:, 1:] - right[1:, :] - down[:, :-1]
    return xp.astype(xp.round(around / (2 * math.pi)), xp.int64)


def vortices(phase: Float[Any, "row col"], *, torus: bool = False) -> int:
    """Return the number of squares around which the phase winds, whichever way."""
    xp = array_namespace(phase)
    return int(xp.sum(xp.abs(winding(phase, torus=torus))))


def charge(phase: Float[Any, "row col"], *, torus: bool = False) -> int:
    """Return the topological charge: the sum of all winding numbers."""
    return int(array_namespace(phase).sum(winding(phase, torus=torus)))
