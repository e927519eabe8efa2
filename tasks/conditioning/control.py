r"""Control: residuals that are added to the U-Net's skip connections and to its middle.

    h_i ← h_i + s r_i(x_t, t, τ, c)

for each skip connection i and the middle, s the `scale` (Zhang et al. 2023, arXiv:2302.05543,
section 3). A ControlNet makes the r_i at every step; its condition embedding E(c) is the same at
all of them and is computed once. A light branch (`tasks.conditioning.light_branch`) reads c alone
and is run once. Where several networks steer, their residuals are added, as in diffusers'
`MultiControlNetModel`.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, Protocol

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from jaxtyping import Float
from torch import Tensor, nn

from tasks.conditioning.light_branch import LightBranch
from tasks.core.errors import InputError

Latents = Float[Tensor, "picture latent row col"]
Residuals = tuple[Sequence[Tensor], Tensor]
Steps = Callable[[Latents, Tensor], Residuals]
Network = ControlNetModel | LightBranch


class Steering(Protocol):
    """What makes residuals."""

    def begin(self, asked: dict[str, Any], copies: int) -> Steps:
        """Return the residuals as a function of (x_t, t), for pictures repeated `copies` times;
        `asked` is how the words are taken (`tasks.conditioning.words`).
        """
        ...


@dataclass(frozen=True)
class Control:
    """A network, the maps that it follows, at the pictures' size, and how much its residuals
    count.
    """

    network: Network
    condition: Float[Tensor, "picture channel y x"]
    scale: float = 1.0

    def begin(self, asked: dict[str, Any], copies: int) -> Steps:
        """Return the network's residuals as a function of (x_t, t).

        Raises:
            InputError: the maps have another number of channels than the network was made for.
        """
        network, condition = self.embedded
        condition = torch.cat([condition] * copies)
        if isinstance(network, LightBranch):
            once = network.residuals(condition, self.scale)
            return lambda inputs, timestep: once
        return lambda inputs, timestep: network(
            inputs,
            timestep,
            controlnet_cond=condition,
            conditioning_scale=self.scale,
            return_dict=False,
            **asked,
        )

    @cached_property
    def embedded(self) -> tuple[Network, Tensor]:
        """Return the network without its condition embedding, and the condition embedded.

        Raises:
            InputError: the maps have another number of channels than the network was made for.
        """
        network = self.network
        condition = self.condition.to(network.device, network.dtype)
        made_for = network.config["conditioning_channels"]
        if condition.shape[1] != made_for:
            raise InputError(
                f"impression: {condition.shape[1]} channels, but the ControlNet was "
                f"trained on {made_for}; run: dvc repro controlnet"
            )
        if network.config.get("controlnet_conditioning_channel_order", "rgb") != "rgb":
            return network, condition
        bare = copy.copy(network)
        bare._modules = {**network._modules, "controlnet_cond_embedding": nn.Identity()}
        return bare, network.controlnet_cond_embedding(condition)


def added(parts: Sequence[Steps]) -> Steps:
    """Return the sum of the residuals of all `parts`."""
    if len(parts) == 1:
        return parts[0]

    def steps(inputs: Latents, timestep: Tensor) -> Residuals:
        down, middle = zip(*(part(inputs, timestep) for part in parts), strict=True)
        return [_sum(each) for each in zip(*down, strict=True)], _sum(middle)

    return steps


def held(steps: Steps, every: int) -> Steps:
    """Return the residuals as they were at the last call whose number, from 0, `every` divides."""
    if every == 1:
        return steps
    calls, kept = count(), list[Residuals]()

    def again(inputs: Latents, timestep: Tensor) -> Residuals:
        if next(calls) % every == 0:
            kept[:] = [steps(inputs, timestep)]
        return kept[0]

    return again


def _sum(values: Sequence[Tensor]) -> Tensor:
    return sum(values[1:], values[0])


def check_fit(network: Network, unet: UNet2DConditionModel) -> None:
    """Refuse a network that was trained beside another U-Net.

    Raises:
        InputError: its levels, or the latents and words that it takes, are not those of `unet`.
    """
    theirs = {"widths": "block_out_channels", "layers": "layers_per_block"}
    if isinstance(network, ControlNetModel):
        names = ("block_out_channels", "layers_per_block", "in_channels", "cross_attention_dim")
        theirs = {name: name for name in names}
    for own, name in theirs.items():
        made_for, found = network.config[own], unet.config[name]
        if _plain(made_for) != _plain(found):
            raise InputError(
                f"data/controlnet: made for a U-Net with {name} {made_for}, but the base model's "
                f"is {found}; run: dvc repro controlnet"
            )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
