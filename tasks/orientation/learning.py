"""Learning: the loss of an arm on crops under their layouts, and its training to the end."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from torch import nn

from tasks.base import learning
from tasks.base.learning import Names
from tasks.base.states import States
from tasks.base.training import Loss, Training
from tasks.orientation.arms.arm import Arm
from tasks.orientation.layouts.layout import CHANNELS, layout
from tasks.orientation.layouts.steering import Steered, condition, known

NAMES = Names("orientation", "orientation: training", "orientation.rate: the loss")
CONDITIONS = 1 + len(CHANNELS)
"""Channels of a condition: the mask, and the layout; as many again for the seats of clusters."""


def conditions(clusters: bool) -> int:
    """Return the channels of a network's condition, with or without clusters."""
    return 2 * CONDITIONS if clusters else CONDITIONS


@dataclass(frozen=True)
class Pace(learning.Pace):
    """How a training proceeds; `drop` is the share of pictures that lose their layout."""

    drop: float


def steered_loss(
    arm: Arm,
    network: nn.Module,
    crops: UInt8[np.ndarray, "picture y x"],
    cell: int,
    pace: Pace,
    *,
    seats: Float32[np.ndarray, "picture 2 row col"] | None = None,
) -> Loss:
    """Return the loss of a random batch of the crops under their own layouts, with gaps, and under
    the seats of their clusters where there are any, with gaps of their own.
    """
    device = next(network.parameters()).device
    pictures = torch.from_numpy(crops)[:, None]
    maps = [torch.from_numpy(layout(crops, cell))]
    maps += [] if seats is None else [torch.from_numpy(seats)]

    def loss(generator: torch.Generator) -> torch.Tensor:
        chosen = torch.randint(len(pictures), (pace.batch,), generator=generator)
        shown = []
        for each in (whole[chosen] for whole in maps):
            seen = known((len(each), each.shape[2], each.shape[3]), pace.drop, generator)
            shown.append(condition(each, seen, pictures.shape[-1]))
        steered = Steered(network, torch.cat(shown, 1).to(device))
        return arm.loss(steered, pictures[chosen].to(device), generator)

    return loss


def learn(run: Training, loss: Loss, pace: Pace, states: States) -> None:
    """Train to the end, from the newest state on.

    Raises:
        InputError: the loss is not finite.
    """
    learning.learn(run, loss, pace, states, NAMES)
