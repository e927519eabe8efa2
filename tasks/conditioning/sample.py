r"""Sampling: from noise to latents, step by step.

With the network o(x, t, c), the guidance scale g and the empty caption ∅, one step of any
scheduler is

    ô = o(x_t, t, ∅) + g (o(x_t, t, c) − o(x_t, t, ∅)),      x_{t'} = step(ô, t, x_t)

(classifier-free guidance, Ho & Salimans 2022, arXiv:2207.12598, eq. 6; g ≤ 1 leaves the empty
caption out). Under control by a map m (`tasks.conditioning.control`) both have the map. The map
itself may be guided, too: with the scale k ≠ 1,

    ô = o(∅, ∅) + k (o(∅, m) − o(∅, ∅)) + q g (o(c, m) − o(∅, m))

(Brooks et al. 2023, arXiv:2211.09800, eq. 3), where g ≤ 1 counts as 1 and q in [0, 1] is the share
of the caption: k > 1 and q < 1 let the map win over the caption.

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
from tasks.conditioning.control import Steering, Steps, added
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.words import join
from tasks.core.errors import InputError

Latents = Float[Tensor, "picture latent row col"]
Guide = Callable[[Latents, float], Latents]
Predictor = Callable[[Latents, Tensor], Latents]


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
    map_guidance: float = 1.0,
    caption_share: float = 1.0,
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
    words = caption_share * max(guidance_scale, 1.0)
    guidance = Guidance(words, map_guidance if control else 1.0)
    predict = predictor(model, captions, latents.shape[-2:], guidance, control)
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


@dataclass(frozen=True)
class Guidance:
    """The scales q g of the words and k of the map."""

    words: float = 1.0
    map: float = 1.0

    @property
    def copies(self) -> int:
        """The number of times that each picture is evaluated: with words and map, without words,
        without either.
        """
        return 3 if self.map != 1 else 1 + (self.words != 1)

    def __call__(self, output: Latents) -> Latents:
        """Return ô from the outputs, the barest first."""
        if self.copies == 1:
            return output
        *bare, empty, told = output.chunk(self.copies)
        guided = empty + self.words * (told - empty)
        return guided + (self.map - 1) * (empty - bare[0]) if bare else guided


def predictor(
    model: DiffusionModel,
    captions: Sequence[str],
    grid: Sequence[int],
    guidance: Guidance,
    controls: Sequence[Steering],
) -> Predictor:
    """Return ô(x, t) for latents of `grid` = (rows, columns): the network's output under guidance
    and control.
    """
    copies, steered = guidance.copies, min(guidance.copies, 2)
    size = grid[0] * model.vae_factor, grid[1] * model.vae_factor
    told = model.embed(list(captions))
    silence = [model.silence(len(captions))] if copies > 1 else []
    asked = join([*silence * (copies - 1), told]).asked(size)
    with_map = join([*silence * (steered - 1), told]).asked(size)
    residuals = added([each.begin(with_map, steered) for each in controls]) if controls else None

    def predict(inputs: Latents, timestep: Tensor) -> Latents:
        every = torch.cat([inputs] * copies)
        extra = {} if residuals is None else _residuals(residuals, every, timestep, len(inputs))
        return guidance(model.unet(every, timestep, **asked, **extra).sample)

    def _residuals(steps: Steps, every: Latents, timestep: Tensor, count: int) -> dict[str, Any]:
        bare = (copies - steered) * count
        down, middle = steps(every[bare:], timestep)
        return {
            "down_block_additional_residuals": [_behind(bare, each) for each in down],
            "mid_block_additional_residual": _behind(bare, middle),
        }

    return predict


def _behind(bare: int, residual: Tensor) -> Tensor:
    """Return the residuals behind those, zero, of `bare` evaluations without a map."""
    if not bare:
        return residual
    return torch.cat([residual.new_zeros((bare, *residual.shape[1:])), residual])
