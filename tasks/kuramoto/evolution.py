"""The phases of every frame.

A frequency Ω common to all nodes commutes with the coupling, so it is not integrated: θ(t) = ψ(t)
+ Ωt, where ψ follows the coupling and the natural frequencies alone. With Ω = 2π · cycles / frames
a locked ψ closes the loop to rounding. The unit of time is one frame.
"""

import math
from typing import Any, Protocol

from array_api_compat import array_namespace
from jaxtyping import Float

from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.locked import Locked


class Integrator(Protocol):
    """Carries phases over a span of time."""

    def check(self, coupling: Coupling) -> None:
        """Raise InputError where the step is not stable with this coupling."""
        ...

    def __call__(
        self,
        phase: Float[Any, "row col"],
        frequency: Float[Any, "row col"],
        coupling: Coupling,
        span: float,
        /,
    ) -> Float[Any, "row col"]:
        """Return the phases after `span` units of time."""
        ...


def evolve(
    state: Locked, coupling: Coupling, integrator: Integrator, *, frames: int, cycles: int
) -> Float[Any, "frame row col"]:
    """Return the phases of `frames` frames, of which one more would equal the first; Ω makes
    `cycles` turns in that time.

    Raises:
        ValueError: `frames` is no positive number.
        InputError: the integrator's step is longer than is stable.
    """
    if frames < 1:
        raise ValueError(f"frames: {frames} must be at least 1")
    integrator.check(coupling)
    xp = array_namespace(state.phase)
    phase, phases = state.phase, []
    for frame in range(frames):
        phases.append(phase + 2 * math.pi * (cycles * frame % frames) / frames)
        phase = integrator(phase, state.frequency, coupling, 1.0)
    return xp.stack(phases)
