"""A locked state: phases that turn together, and whether they come back when disturbed."""

from typing import Any

from jaxtyping import Float

from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.order import spread
from tasks.kuramoto.state import State

STRIDE = 40.0
ROUNDS = 40
SETTLED = 2e-3


def returns(state: State, coupling: Coupling, kick: Float[Any, "row col"]) -> bool:
    """Return whether the kicked phases settle back to the state, but for a common rotation, to
    within 0.002 rad rms.
    """
    relax = Moebius(2.0 / coupling.row_sum)
    phase, previous = state.phase + kick, float("inf")
    for _ in range(ROUNDS):
        phase = relax(phase, state.frequency, coupling, STRIDE / coupling.row_sum)
        distance = spread(phase, state.phase)
        if distance < SETTLED or distance > 0.999 * previous:
            return distance < SETTLED
        previous = distance
    return False
