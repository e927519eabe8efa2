"""Learning: a training from its newest state to its end, at a pace, its progress shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tasks.base import schedule, training
from tasks.base.states import States
from tasks.base.training import Loss, Training
from tasks.core import progress
from tasks.core.errors import InputError


@dataclass(frozen=True)
class Pace:
    """How a training proceeds: `rate` on the plateau, `warm_up` in steps."""

    rate: float
    steps: int
    batch: int
    warm_up: int
    averaging: float
    seed: int


@dataclass(frozen=True)
class Names:
    """What a training is called: by its generator, on the progress bar, and where its loss is no
    number.
    """

    draws: str
    bar: str
    loss: str


def learn(
    learning: Training,
    loss: Loss,
    pace: Pace,
    states: States,
    names: Names,
    *,
    measure: Callable[[], object] = lambda: None,
) -> None:
    """Train to the end, from the newest state on; `measure` is called before every state that is
    kept.

    Raises:
        InputError: the loss is not finite.
    """
    plan = schedule.over(pace.steps, rate=pace.rate, warm_up=pace.warm_up)
    states.resume(learning, pace.steps)
    losses = training.steps(learning, loss, plan, seed=pace.seed, name=names.draws)
    with progress.shown(names.bar, pace.steps, unit="step", done=learning.step) as advance:
        for _ in _finite(losses, names.loss):
            states.keep(learning, measure)
            advance()


def _finite(losses: Iterator[float], what: str) -> Iterator[float]:
    for value in losses:
        if not np.isfinite(value):
            raise InputError(f"{what} is {value}; lower the rate")
        yield value
