"""How ordered a field of phases is.

The order parameter of Kuramoto, r exp(iψ) = (1/n) Σⱼ exp(iθⱼ), is 1 in synchrony and about 1/√n
for random phases. The local order parameter |G * exp(iθ)|, G a Gaussian on the lattice, tells
where neighbours agree. A node is locked where its speed is that of the others.
"""

import math
from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float

from tasks.kuramoto.coupling import phasor
from tasks.kuramoto.distance import smooth


def order_parameter(phase: Float[Any, "row col"]) -> complex:
    """Return r exp(iψ); its modulus r lies in [0, 1]."""
    return complex(array_namespace(phase).mean(phasor(phase)))


def local_order(phase: Float[Any, "row col"], width: float) -> Float[Any, "row col"]:
    """Return |G * exp(iθ)| of every node, in [0, 1]; `width` of the Gaussian in nodes."""
    xp = array_namespace(phase)
    return xp.hypot(smooth(xp.cos(phase), width), smooth(xp.sin(phase), width))


def lock_fraction(speed: Float[Any, "row col"], tolerance: float) -> float:
    """Return the share of nodes whose speed is within `tolerance` (rad per unit of time) of the
    median: 1 where all are locked.
    """
    xp = array_namespace(speed)
    ordered = xp.sort(xp.reshape(speed, (-1,)))
    together = xp.abs(speed - ordered[ordered.shape[0] // 2]) <= tolerance
    return float(xp.mean(xp.astype(together, speed.dtype)))


def mean_speed(phases: Float[Any, "frame row col"]) -> Float[Any, "row col"]:
    """Return how fast each node turned from the first frame to the last, in rad a frame; less than
    half a turn from frame to frame.
    """
    xp = array_namespace(phases)
    return xp.mean(wrap(phases[1:, ...] - phases[:-1, ...]), axis=0)


def wrap(angle: Float[Any, "*any"]) -> Float[Any, "*any"]:
    """Return the angle of the same direction in [−π, π)."""
    xp = array_namespace(angle)
    return angle - 2 * math.pi * xp.floor(angle / (2 * math.pi) + 0.5)


def spread(phase: Float[Any, "row col"], other: Float[Any, "row col"]) -> float:
    """Return the rms difference of two fields in rad, a common rotation left aside."""
    xp = array_namespace(phase)
    turned = xp.mean(phasor(phase) * xp.conj(phasor(other)))
    rest = wrap(phase - other - xp.atan2(xp.imag(turned), xp.real(turned)))
    return math.sqrt(float(xp.mean(rest * rest)))
