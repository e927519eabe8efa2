"""The phases of every frame.

A frequency Ω common to all nodes commutes with the coupling, so it is not integrated: θ(t) = ψ(t)
+ Ωt, where ψ follows the coupling and the natural frequencies alone. With Ω = 2π · cycles / frames
a locked ψ closes the loop to rounding. The unit of time is one frame.

A ψ that does not come back (frequencies that nothing locks, noise) is made to: it is followed from
`blend` frames before the first, and the last frames of the loop pass over into these,

    ψ'(T − B + k) = ψ(T − B + k) + s · wrap(ψ(−B + k) − ψ(T − B + k)),    k = 0 … B − 1,

with s rising smoothly from 0 to 1. So frame T − 1 is followed by frame 0 as frame −1 was. Angles
are mixed, not complex numbers: half way, these would make all nodes in opposition leap at once
(measured on the default map: the largest step 4.4 mean steps, by angles 1.8). What is torn instead
is the map, along the lines where the difference is half a turn; the local order vanishes there.
"""

import math
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Float

from tasks.core.errors import InputError
from tasks.core.random import generator
from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.order import wrap
from tasks.kuramoto.state import State


class Integrator(Protocol):
    """Carries phases over a span of time."""

    @property
    def blend(self) -> int:
        """The frames that a loop needs to come back where the integrator leaves it to chance."""
        ...

    def check(self, coupling: Coupling) -> None:
        """Raise InputError where the step is not stable with this coupling."""
        ...

    def __call__(
        self,
        phase: Float[Any, "row col"],
        frequency: Float[Any, "row col"],
        coupling: Coupling,
        span: float,
        chance: Callable[[int], np.random.Generator] | None,
        /,
    ) -> Float[Any, "row col"]:
        """Return the phases after `span` units of time; `chance(n)` gives the generator of the
        n-th step.
        """
        ...


def evolve(
    state: State,
    coupling: Coupling,
    integrator: Integrator,
    *,
    frames: int,
    cycles: int,
    seed: int = 0,
) -> Float[Any, "frame row col"]:
    """Return the phases of `frames` frames, of which one more would equal the first; Ω makes
    `cycles` turns in that time. `seed` is that of the integrator's noise.

    Raises:
        ValueError: `frames` is no positive number.
        InputError: the integrator's step is longer than is stable, or the loop is shorter than
        what has to be blended.
    """
    if frames < 1:
        raise ValueError(f"frames: {frames} must be at least 1")
    integrator.check(coupling)
    blend = blended_frames(state, integrator, frames)
    xp = array_namespace(state.phase)
    phase, phases = state.phase, []
    for frame in range(-blend, frames):
        phases.append(phase)
        if frame + 1 < frames:
            phase = integrator(phase, state.frequency, coupling, 1.0, _chance(seed, frame))
    closed = [*phases[blend:frames], *_blended(phases[frames:], phases[:blend])]
    turns = [2 * math.pi * (cycles * frame % frames) / frames for frame in range(frames)]
    return xp.stack([psi + turn for psi, turn in zip(closed, turns, strict=True)])


def blended_frames(state: State, integrator: Integrator, frames: int) -> int:
    """Return how many of the `frames` of a loop lead back to its beginning.

    Raises:
        InputError: the loop has no more than these.
    """
    blend = max(state.blend, integrator.blend)
    if blend >= frames:
        raise InputError(
            f"video.frames: {frames} are too few for a loop that blends {blend}; "
            "take more frames or a smaller blend"
        )
    return blend


def _chance(seed: int, frame: int) -> Callable[[int], np.random.Generator]:
    return lambda step: generator(seed, "frame", frame, "step", step)


def _blended(
    last: list[Float[Any, "row col"]], before: list[Float[Any, "row col"]]
) -> list[Float[Any, "row col"]]:
    """Return phases that lead from `last` to `before`, each node the shorter way round."""
    found = []
    for number, (one, other) in enumerate(zip(last, before, strict=True), start=1):
        u = number / (len(last) + 1)
        share = u * u * (3 - 2 * u)
        found.append(one + share * wrap(other - one))
    return found
