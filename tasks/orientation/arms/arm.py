"""Arms: the models that one harness trains and compares.

All fit a network of the same body on the same pictures by `loss`, and draw pictures at a given
number of evaluations of it by `sample`. Weights belong to the network, not to the arm, so that
averaged ones can stand in.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from tasks.orientation.arms.size import Size
from tasks.orientation.circle.phase import Phases

Pictures = UInt8[Tensor, "picture channel y x"]


@dataclass(frozen=True)
class Draw:
    """What to sample: the shape of the batch and the number of evaluations of the network."""

    shape: tuple[int, int, int, int]
    evaluations: int


class Arm(Protocol):
    """What the harness needs."""

    def build(self, size: Size, channels: int, conditions: int = 0) -> nn.Module:
        """Return an untrained network, under conditions where it is to have any."""
        ...

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the loss of one batch."""
        ...

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures, on the network's device."""
        ...


def place(network: nn.Module) -> torch.device:
    """Return the device of the network's weights."""
    return next(network.parameters()).device


def last(states: Iterable[Phases]) -> Phases:
    """Return the last of the states that a sampler yields (one at least)."""
    return deque(states, maxlen=1)[0]
