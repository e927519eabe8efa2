"""How ordered a field of phases is.

The order parameter of Kuramoto, r exp(iψ) = (1/n) Σⱼ exp(iθⱼ), is 1 in synchrony and about 1/√n
for random phases. A vortex is a square of four neighbours around which the phase winds by ±2π; a
field without vortices is continuous everywhere.
"""

import math
from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float

from tasks.kuramoto.coupling import phasor


def order_parameter(phase: Float[Any, "row col"]) -> complex:
    """Return r exp(iψ); its modulus r lies in [0, 1]."""
    return complex(array_namespace(phase).mean(phasor(phase)))


def wrap(angle: Float[Any, "*any"]) -> Float[Any, "*any"]:
    """Return the angle of the same direction in [−π, π)."""
    xp = array_namespace(angle)
    return angle - 2 * math.pi * xp.floor(angle / (2 * math.pi) + 0.5)


def vortices(phase: Float[Any, "row col"]) -> int:
    """Return the number of squares of four neighbours around which the phase winds."""
    xp = array_namespace(phase)
    right, down = wrap(phase[:, 1:] - phase[:, :-1]), wrap(phase[1:, :] - phase[:-1, :])
    winding = right[:-1, :] + down[:, 1:] - right[1:, :] - down[:, :-1]
    return int(xp.sum(xp.astype(xp.abs(winding) > math.pi, xp.int64)))


def spread(phase: Float[Any, "row col"], other: Float[Any, "row col"]) -> float:
    """Return the rms difference of two fields in rad, a common rotation left aside."""
    xp = array_namespace(phase)
    turned = xp.mean(phasor(phase) * xp.conj(phasor(other)))
    rest = wrap(phase - other - xp.atan2(xp.imag(turned), xp.real(turned)))
    return math.sqrt(float(xp.mean(rest * rest)))
