r"""The objective: the base model's own, with the ControlNet's residuals added and the base model
frozen.

    L = E w(t) ‖o(x_t, t, τ; F'(x_t, t, τ, c)) − target‖²

over pictures, timesteps t and noise; o, target and w(t) as in `tasks.conditioning.prediction`. The
caption τ is often the empty one, so that the network learns to read the structure off the map and
not off the words (Zhang et al. 2023, arXiv:2302.05543, section 3.3: one half), and the map is
sometimes all zeros, so that the residuals of an absent map mean nothing in particular. Where the
latents of mirror images are there, half of the pictures are seen in the mirror: every channel of
the map is a number per cell, so mirroring the map is mirroring its cells.
"""

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tasks.conditioning import prediction
from tasks.conditioning.control import Network
from tasks.conditioning.words import Words
from tasks.controlnet.consistency import Consistency


@dataclass(frozen=True)
class Examples:
    """What is learned from: maps, latents (of the picture, and of its mirror image or not),
    caption embeddings and the empty caption's (one).
    """

    maps: Float[Tensor, "picture channel row col"]
    latents: Float[Tensor, "picture side latent y x"]
    words: Words
    silence: Words


@dataclass(frozen=True)
class Batch:
    """One batch, with every random choice made."""

    maps: Float[Tensor, "picture channel row col"]
    conditions: Float[Tensor, "picture channel y x"]
    latents: Float[Tensor, "picture latent y x"]
    words: Words
    noise: Float[Tensor, "picture latent y x"]
    timesteps: prediction.Levels

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on `device`."""
        return Batch(**{name: value.to(device) for name, value in vars(self).items()})


@dataclass(frozen=True)
class Choices:
    """How batches are drawn: their size, the pictures' size in pixels, the shares of captions and
    maps that are left out, and the mean of logit σ (flows only).
    """

    batch: int
    size: tuple[int, int]
    caption_drop: float
    condition_drop: float
    logit_mean: float


def draw(
    examples: Examples, choices: Choices, scheduler: Any, generator: torch.Generator
) -> Batch:
    """Return a batch whose every random choice comes from `generator`."""
    count = choices.batch
    picked = torch.randint(0, len(examples.latents), (count,), generator=generator)
    mirrored, unsaid, unseen = torch.rand((3, count), generator=generator).unbind()
    flip = mirrored < 0.5 * (examples.latents.shape[1] - 1)
    maps = examples.maps[picked]
    maps = torch.where(flip[:, None, None, None], maps.flip(-1), maps)
    maps = maps * (unseen >= choices.condition_drop)[:, None, None, None]
    latents = examples.latents[picked, flip.long()]
    return Batch(
        maps=maps,
        conditions=functional.interpolate(
            maps, size=choices.size, mode="bilinear", align_corners=False
        ),
        latents=latents,
        words=examples.words[picked].without(unsaid < choices.caption_drop, examples.silence),
        noise=torch.randn(latents.shape, generator=generator),
        timesteps=prediction.draw_timesteps(
            scheduler, count, generator, logit_mean=choices.logit_mean
        ),
    )


def loss(
    network: Network,
    unet: UNet2DConditionModel,
    scheduler: Any,
    batch: Batch,
    consistency: Consistency | None = None,
) -> Float[Tensor, ""]:
    """Return the weighted mean squared error of the controlled prediction, and what it lacks in
    consistency, if that is asked for.
    """
    batch = batch.to(network.device)
    noisy = prediction.noised(scheduler, batch.latents, batch.noise, batch.timesteps)
    rows, cols = batch.conditions.shape[-2:]
    asked = batch.words.asked((rows, cols))
    down, middle = network(
        noisy, batch.timesteps, controlnet_cond=batch.conditions, return_dict=False, **asked
    )
    output = unet(
        noisy,
        batch.timesteps,
        **asked,
        down_block_additional_residuals=down,
        mid_block_additional_residual=middle,
    ).sample
    error = (
        (output - prediction.target(scheduler, batch.latents, batch.noise, batch.timesteps))
        .square()
        .mean((1, 2, 3))
    )
    whole = (prediction.weights(scheduler, batch.timesteps) * error).mean()
    if consistency is None:
        return whole
    return whole + consistency(scheduler, noisy, output, batch.timesteps, batch.maps)
