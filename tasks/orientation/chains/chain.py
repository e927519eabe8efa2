"""The chain: the forward process, step by step.

Training wants each picture at a step of its own. The batch is sorted by these, longest way first,
so that those still under way are the first rows and shrink in place: no mask, no gathering. Phases
are wrapped once, at the end of the way: a drift cannot see whole turns, and wrapping at every step
takes a fifth of the time.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Int
from torch import Tensor

from tasks.orientation.chains.process import Process, step
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import Phases


class Companion(Protocol):
    """Something that is accumulated along the chain."""

    def begin(self, start: Phases) -> Phases:
        """Return the accumulated value before the first step."""
        ...

    def grow(
        self, value: Phases, state: Phases, noise: Tensor, span: tuple[float, float]
    ) -> Phases:
        """Return the value after the step that takes `state` over `span` of τ by `noise`."""
        ...


@dataclass(frozen=True)
class Visit:
    """Where the chain stood at each picture's step, and what its companion had gathered."""

    state: Phases
    gathered: Phases | None


def normal(like: Tensor, generator: torch.Generator) -> Tensor:
    """Return N(0, 1) noise in the shape of `like`, drawn where the generator lives."""
    noise = torch.randn(like.shape, generator=generator, device=generator.device, dtype=like.dtype)
    return noise.to(like.device)


def walk(
    process: Process, schedule: Schedule, start: Phases, generator: torch.Generator
) -> Iterator[Phases]:
    """Yield the state after every step; `start` is left as it is."""
    state = start
    for length in schedule.lengths:
        state = step(process, state, float(length), normal(state, generator))
        yield state


def end(process: Process, schedule: Schedule, start: Phases, generator: torch.Generator) -> Phases:
    """Return the state after the last step."""
    return deque(walk(process, schedule, start, generator), maxlen=1)[0]


def visit(
    process: Process,
    schedule: Schedule,
    start: Phases,
    steps: Int[Tensor, " picture"],
    generator: torch.Generator,
    *,
    companion: Companion | None = None,
) -> Visit:
    """Return the state of each picture after its own number of `steps` (0 … T, on the host);
    `start` is left as it is.
    """
    order = torch.argsort(steps, descending=True, stable=True)
    here = order.to(start.device)
    state = start[here]  # a copy
    gathered = None if companion is None else companion.begin(state)
    longest, counts = int(steps.max()), torch.bincount(steps, minlength=schedule.steps + 1)
    active = len(start)
    for number in range(longest):
        active -= int(counts[number])
        now, length = state[:active], float(schedule.lengths[number])
        noise = normal(now, generator)
        if companion is not None and gathered is not None:
            span = (float(schedule.times[number]), float(schedule.times[number + 1]))
            gathered[:active] = companion.grow(gathered[:active], now, noise, span)
        now += length * process.drift(now) + length**0.5 * noise
    back = torch.argsort(here)
    return Visit(process.home(state[back]), None if gathered is None else gathered[back])
