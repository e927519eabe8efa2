"""Film strips: pictures on their way to the noise and back, moment by moment.

Moments are even in angle (`tasks.orientation.circle.line`), by which pictures fade evenly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.chains import chain
from tasks.orientation.circle.line import angle
from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class Film:
    """States of the same pictures at increasing τ."""

    times: Sequence[float]
    states: Sequence[Phases]


def forward(arm: PhaseArm, start: Phases, frames: int, generator: torch.Generator) -> Film:
    """Return `frames` moments of the forward chain, the pictures first."""
    states = [start, *chain.walk(arm.process, arm.schedule, start, generator)]
    return chosen(arm.schedule.times.tolist(), states, frames)


def chosen(times: Sequence[float], states: Iterable[Phases], frames: int) -> Film:
    """Return the states nearest to `frames` moments between the first and the last time."""
    angles = angle(np.asarray(times))
    wanted = np.linspace(angles[0], angles[-1], frames)
    places = np.abs(angles[None] - wanted[:, None]).argmin(1).tolist()
    kept = list(states)
    return Film([times[place] for place in places], [kept[place] for place in places])
