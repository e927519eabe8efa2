"""Learning: the loss of an arm on crops under their layouts, and its training to the end."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import UInt8
from torch import nn

from tasks.base import schedule, training
from tasks.base.states import States
from tasks.base.training import Loss, Training
from tasks.core import progress
from tasks.core.errors import InputError
from tasks.orientation.arms.arm import Arm
from tasks.orientation.layouts.layout import CHANNELS, layout
from tasks.orientation.layouts.steering import Steered, condition, known

CONDITIONS = 1 + len(CHANNELS)
"""Channels of a condition: the mask, and the layout."""


@dataclass(frozen=True)
class Pace:
    """How a training proceeds; `drop` is the share of pictures that lose their layout."""

    steps: int
    batch: int
    rate: float
    warm_up: int
    averaging: float
    drop: float
    seed: int


def steered_loss(
    arm: Arm, network: nn.Module, crops: UInt8[np.ndarray, "picture y x"], cell: int, pace: Pace
) -> Loss:
    """Return the loss of a random batch of the crops under their own layouts, with gaps."""
    device = next(network.parameters()).device
    pictures = torch.from_numpy(crops)[:, None]
    layouts = torch.from_numpy(layout(crops, cell))

    def loss(generator: torch.Generator) -> torch.Tensor:
        chosen = torch.randint(len(pictures), (pace.batch,), generator=generator)
        maps = layouts[chosen]
        seen = known((len(maps), maps.shape[2], maps.shape[3]), pace.drop, generator)
        shown = condition(maps, seen, pictures.shape[-1]).to(device)
        return arm.loss(Steered(network, shown), pictures[chosen].to(device), generator)

    return loss


def learn(learning: Training, loss: Loss, pace: Pace, states: States) -> None:
    """Train to the end, from the newest state on.

    Raises:
        InputError: the loss is not finite.
    """
    plan = schedule.over(pace.steps, rate=pace.rate, warm_up=pace.warm_up)
    states.resume(learning, pace.steps)
    losses = training.steps(learning, loss, plan, seed=pace.seed, name="orientation")
    label, done = "orientation: training", learning.step
    with progress.shown(label, pace.steps, unit="step", done=done) as advance:
        for _ in _finite(losses):
            states.keep(learning, lambda: None)
            advance()


def _finite(losses: Iterator[float]) -> Iterator[float]:
    for value in losses:
        if not np.isfinite(value):
            raise InputError(f"orientation.rate: the loss is {value}; lower the rate")
        yield value
