r"""Sampling: from noise to latents, step by step.

One step of any scheduler is x_{t'} = step(ô, t, x_t), where ô joins the network's outputs with and
without caption and map as `tasks.conditioning.weighing` says.

To start from given latents z at strength s (SDEdit, Meng et al. 2021, arXiv:2108.01073), the first
(1 − s) of the steps are left out and the walk begins at z noised to the first step that remains.

A `guide` may look at the x₀ that each ô stands for and return another; ô is then rewritten to
stand for that one.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.conditioning import prediction, schedulers
from tasks.conditioning.control import Steering
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.predictor import Predictors
from tasks.conditioning.weighing import Weighing
from tasks.core.errors import InputError

Latents = Float[Tensor, "picture latent row col"]
Guide = Callable[[Latents, float], Latents]
PLAIN = Weighing()


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
    control: Sequence[Steering] = (),
    weighing: Weighing = PLAIN,
    guide: Guide | None = None,
    generators: list[torch.Generator] | None = None,
) -> Latents:
    """Return the latents of one picture per caption, all pictures in one batch.

    `noise` is where the walk begins; the residuals of all in `control` are added; `generators`,
    one per picture, feed the schedulers that draw more on the way.

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
    predictors = Predictors(
        model,
        captions,
        latents.shape[-2:],
        control,
        reuse=weighing.reuse,
        limit=weighing.caption_limit if control else 1.0,
    )
    extra = (
        {"generator": generators} if "generator" in inspect.signature(plan.step).parameters else {}
    )
    for number, timestep in enumerate(timesteps):
        inputs = plan.scale_model_input(latents, timestep)
        level = share_of_noise(plan, timestep[None])
        weights = weighing.weights(level, guidance_scale, controlled=bool(control))
        output = predictors.at(weights)(inputs, timestep)
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


def share_of_noise(plan: Any, timesteps: Tensor) -> float:
    """Return σ/(α + σ) at the first of `timesteps`."""
    alpha, sigma = prediction.levels(plan, timesteps)
    return float(sigma[0] / (alpha[0] + sigma[0]))


def _guided(
    plan: Any, guide: Guide, inputs: Latents, output: Latents, timestep: Tensor
) -> Latents:
    times = timestep.repeat(len(inputs))
    wish = guide(prediction.clean(plan, inputs, output, times), share_of_noise(plan, times))
    return prediction.with_clean(plan, inputs, wish, times)


def _check_finite(latents: Latents, step: int) -> None:
    finite = latents.isfinite().flatten(1).all(1)
    if not finite.all():
        raise FloatingPointError(
            f"sampling: picture {int((~finite).nonzero()[0])} is not finite after step {step}"
        )
