"""Steering: maps beside the phases that say how a picture is to be laid out.

A network that was built for conditions sees, beside the state, a mask and the maps: where the mask
is 0 nothing is said, which no value of a map could say (the phase 0 is a grey, and a field of 0
means that no direction prevails). In training whole pictures lose their maps, so that the same
network is the unconditional model too, and of others some cells, so that a layout may have gaps.
Samples follow the classifier-free guidance of weight g (Ho & Salimans 2022, arXiv:2207.12598),

    n = n(θ, τ) + g (n(θ, τ | maps) − n(θ, τ)),

on the network's answer n alone: the score's term at rest is the same in both.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from tasks.orientation.circle.phase import Phases

Maps = Float[Tensor, "picture channel row col"]
Condition = Float[Tensor, "picture channel y x"]


class Steered(nn.Module):
    """`network` under `condition`, as a network of the state and the time alone; `guidance` 1 is
    the plain conditional answer, at one evaluation instead of two.
    """

    condition: Tensor

    def __init__(self, network: nn.Module, condition: Condition, guidance: float = 1.0) -> None:
        super().__init__()
        self.network, self.guidance = network, guidance
        self.register_buffer("condition", condition, persistent=False)

    def forward(self, state: Phases, tau: Float[Tensor, " picture"]) -> Phases:
        """Return the guided answer; a condition serves all examples of its picture."""
        shown = self.condition.repeat_interleave(len(state) // len(self.condition), 0)
        steered = self.network(state, tau, shown)
        if self.guidance == 1.0:
            return steered
        free = self.network(state, tau)
        return free + self.guidance * (steered - free)


def beside(values: Phases, condition: Condition | None, channels: int) -> Phases:
    """Return `values` with the `channels` of the condition after them, 0 where there is none."""
    if not channels:
        return values
    if condition is None:
        condition = values.new_zeros(len(values), channels, *values.shape[-2:])
    return torch.cat([values, condition], 1)


def condition(maps: Maps, known: Float[Tensor, "picture row col"], side: int) -> Condition:
    """Return the mask and the maps where it is not 0, each cell as a square of pixels."""
    whole = torch.cat([known[:, None], maps * known[:, None]], 1)
    return functional.interpolate(whole, size=(side, side), mode="nearest")


def known(
    shape: tuple[int, int, int], drop: float, generator: torch.Generator
) -> Float[Tensor, "picture row col"]:
    """Return a mask for training: 0 in a share `drop` of the pictures, and in every second one of
    the others in a share of the cells that is drawn evenly.
    """
    pictures, rows, cols = shape
    gone = torch.rand(pictures, generator=generator) < drop
    share = torch.rand(pictures, generator=generator)
    share = torch.where(torch.rand(pictures, generator=generator) < 0.5, share, 0.0)
    cells = torch.rand((pictures, rows, cols), generator=generator) >= share[:, None, None]
    return (cells & ~gone[:, None, None]).float()
