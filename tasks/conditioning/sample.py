r"""Sampling: from noise to latents, step by step.

With the network o(x, t, c), the guidance scale g and the empty caption ∅, one step of any
scheduler is

    ô = o(x_t, t, ∅) + g (o(x_t, t, c) − o(x_t, t, ∅)),      x_{t'} = step(ô, t, x_t)

(classifier-free guidance, Ho & Salimans 2022, arXiv:2207.12598, eq. 6; g ≤ 1 leaves the empty
caption out). A ControlNet adds to the skip connections and the middle of the U-Net what its copy
of the encoder makes of x_t and the conditioning map, times `scale` (Zhang et al. 2023,
arXiv:2302.05543, section 3). To start from given latents z at strength s (SDEdit, Meng et al.
2021, arXiv:2108.01073), the first (1 − s) of the steps are left out and the walk begins at z
noised to the first step that remains.

A `guide` may look at the x₀ that each ô stands for and return another; ô is then rewritten to
stand for that one.
"""

import copy
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import ControlNetModel
from jaxtyping import Float
from torch import Tensor, nn

from tasks.conditioning import prediction, schedulers
from tasks.conditioning.model import DiffusionModel
from tasks.core.errors import InputError

Latents = Float[Tensor, "picture latent row col"]
Guide = Callable[[Latents, float], Latents]
Predictor = Callable[[Latents, Tensor], Latents]


@dataclass(frozen=True)
class Control:
    """A ControlNet, the maps that it follows, at the pictures' size, and how much its residuals
    count.
    """

    network: ControlNetModel
    condition: Float[Tensor, "picture channel y x"]
    scale: float = 1.0


@dataclass(frozen=True)
class Start:
    """Latents to start from, and the share of the steps, in (0, 1], that is walked from there."""

    latents: Latents
    strength: float


@torch.no_grad()
def sample(
    model: DiffusionModel,
    captions: Sequence[str],
    *,
    noise: Latents,
    steps: int,
    guidance_scale: float,
    scheduler: str = schedulers.DEFAULT,
    start: Start | None = None,
    control: Control | None = None,
    guide: Guide | None = None,
    generators: list[torch.Generator] | None = None,
) -> Latents:
    """Return the latents of one picture per caption, all pictures in one batch.

    `noise` is where the walk begins; `generators`, one per picture, feed the schedulers that draw
    more on the way.

    Raises:
        InputError: the strength leaves no step, or the maps do not fit the ControlNet.
        FloatingPointError: a picture is no longer finite; the line names picture and step.
    """
    plan = schedulers.build(scheduler, model.scheduler)
    plan.set_timesteps(steps)
    first = _first_step(plan, steps, start)
    timesteps = plan.timesteps[first:]
    noise = noise.to(model.unet.device, model.unet.dtype)
    latents = _beginning(plan, noise, start, timesteps)
    predict = predictor(model, captions, guidance_scale, control)
    extra = (
        {"generator": generators} if "generator" in inspect.signature(plan.step).parameters else {}
    )
    for number, timestep in enumerate(timesteps):
        inputs = plan.scale_model_input(latents, timestep)
        output = predict(inputs, timestep)
        if guide is not None:
            output = _guided(plan, guide, inputs, output, timestep)
        latents = plan.step(output, timestep, latents, **extra).prev_sample
        _check_finite(latents, first + number)
    return latents


def _first_step(plan: Any, steps: int, start: Start | None) -> int:
    if start is None:
        return 0
    walked = min(int(steps * start.strength), steps)
    if walked < 1:
        raise InputError(
            f"strength: {start.strength} of {steps} steps leaves none; raise strength or steps"
        )
    first = (steps - walked) * plan.order
    if hasattr(plan, "set_begin_index"):
        plan.set_begin_index(first)
    return first


def _beginning(plan: Any, noise: Latents, start: Start | None, timesteps: Tensor) -> Latents:
    if start is None:
        return noise * plan.init_noise_sigma
    return plan.add_noise(start.latents.to(noise), noise, timesteps[:1].repeat(len(noise)))


def _guided(
    plan: Any, guide: Guide, inputs: Latents, output: Latents, timestep: Tensor
) -> Latents:
    times = timestep.repeat(len(inputs))
    alpha, sigma = prediction.levels(plan, times)
    wish = guide(
        prediction.clean(plan, inputs, output, times), float(sigma[0] / (alpha[0] + sigma[0]))
    )
    return prediction.with_clean(plan, inputs, wish, times)


def _check_finite(latents: Latents, step: int) -> None:
    finite = latents.isfinite().flatten(1).all(1)
    if not finite.all():
        raise FloatingPointError(
            f"sampling: picture {int((~finite).nonzero()[0])} is not finite after step {step}"
        )


def predictor(
    model: DiffusionModel, captions: Sequence[str], guidance_scale: float, control: Control | None
) -> Predictor:
    """Return ô(x, t): the network's output under guidance and control."""
    guided = guidance_scale > 1
    words = model.embed(list(captions))
    if guided:
        words = torch.cat([model.embed([""] * len(captions)), words])
    residuals = _residuals(control, 1 + guided, words) if control else _no_residuals

    def predict(inputs: Latents, timestep: Tensor) -> Latents:
        both = torch.cat([inputs] * (1 + guided))
        output = model.unet(
            both, timestep, encoder_hidden_states=words, **residuals(both, timestep)
        ).sample
        if not guided:
            return output
        empty, told = output.chunk(2)
        return empty + guidance_scale * (told - empty)

    return predict


def _no_residuals(inputs: Latents, timestep: Tensor) -> dict[str, Any]:
    return {}


def _residuals(
    control: Control, copies: int, words: Tensor
) -> Callable[[Latents, Tensor], dict[str, Any]]:
    network, condition = embedded(control)
    condition = torch.cat([condition] * copies)

    def residuals(inputs: Latents, timestep: Tensor) -> dict[str, Any]:
        down, middle = network(
            inputs, timestep, words, condition, conditioning_scale=control.scale, return_dict=False
        )
        return {"down_block_additional_residuals": down, "mid_block_additional_residual": middle}

    return residuals


def embedded(control: Control) -> tuple[ControlNetModel, Tensor]:
    """Return the ControlNet without its condition embedding, and the condition embedded: it is the
    same at every step.

    Raises:
        InputError: the maps have another number of channels than the ControlNet was made for.
    """
    network, condition = (
        control.network,
        control.condition.to(control.network.device, control.network.dtype),
    )
    made_for = network.config["conditioning_channels"]
    if condition.shape[1] != made_for:
        raise InputError(
            f"impression: {condition.shape[1]} channels, but the ControlNet was "
            f"trained on {made_for}; run: dvc repro controlnet"
        )
    if network.config["controlnet_conditioning_channel_order"] != "rgb":
        return network, condition
    bare = copy.copy(network)
    bare._modules = {**network._modules, "controlnet_cond_embedding": nn.Identity()}
    return bare, network.controlnet_cond_embedding(condition)
