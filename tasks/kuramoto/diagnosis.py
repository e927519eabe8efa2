"""What a run of the oscillators was like: order, agreement of neighbours, locking, vortices.

A travelling wave has little order as a whole and much in each place, turns everywhere alike and
holds no vortex; synchrony has all order there is; disorder has none, drifts, and is full of
vortices that no displacement can follow.
"""

from typing import Any

from array_api_compat import array_namespace
from jaxtyping import Float

from tasks.kuramoto.order import local_order, lock_fraction, mean_speed, order_parameter
from tasks.kuramoto.vortex import vortices

NEAR = 1.5
"""Width of a neighbourhood, nodes."""
ALIKE = 0.01
"""Speeds that differ by no more count as the same, rad a frame."""


def diagnose(phases: Float[Any, "frame row col"]) -> dict[str, float]:
    """Return the means over the frames of the order parameter's modulus (`order`) and of the local
    one (`local_order`), both in [0, 1], the share of nodes that turn together (`locked`), and the
    most `vortices` of any frame.
    """
    xp = array_namespace(phases)
    fields = [phases[number, ...] for number in range(phases.shape[0])]
    near = [float(xp.mean(local_order(field, NEAR))) for field in fields]
    return {
        "order": sum(abs(order_parameter(field)) for field in fields) / len(fields),
        "local_order": sum(near) / len(near),
        "locked": lock_fraction(mean_speed(phases), ALIKE) if len(fields) > 1 else 1.0,
        "vortices": float(max(vortices(field) for field in fields)),
    }
