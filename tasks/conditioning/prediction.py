r"""What the network predicts, for any of diffusers' conventions.

A noised latent is x_t = α x₀ + σ ε with ε ~ N(0, 1). The convention, `prediction_type` in the
scheduler's configuration, fixes the levels and the output o that the network is trained to give:

    flow_prediction   α = 1 − σ,  σ = t/1000        o = ε − x₀          x₀ = x_t − σ o
    epsilon           α² + σ² = 1, α² = ᾱ_t         o = ε               x₀ = (x_t − σ o)/α
    v_prediction      α² + σ² = 1, α² = ᾱ_t         o = α ε − σ x₀      x₀ = α x_t − σ o

Every o is linear in x₀ at a fixed x_t, so a wish about x₀ can be written back into o
(`with_clean`).

Training draws t by the logit-normal density for flows (Esser et al. 2024, arXiv:2403.03206,
section 3.1) and uniformly otherwise, where it weighs by min-SNR (Hang et al. 2023,
arXiv:2303.09556): min(α²/σ², 5) times the weight that makes the loss one on x₀.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.core.errors import InputError

KINDS = ("flow_prediction", "epsilon", "v_prediction")
MOST_SNR = 5.0

Latents = Float[Tensor, "picture latent row col"]
Levels = Float[Tensor, "picture"]


def kind(scheduler: Any) -> str:
    """Return the scheduler's prediction type.

    Raises:
        InputError: it is none of `KINDS`.
    """
    if type(scheduler).__name__.startswith("FlowMatch"):
        return "flow_prediction"
    found = scheduler.config.get("prediction_type", "epsilon")
    if found not in KINDS:
        raise InputError(
            f"the model's scheduler predicts {found!r}; supported are {', '.join(KINDS)}"
        )
    return found


def levels(scheduler: Any, timesteps: Levels) -> tuple[Levels, Levels]:
    """Return (α, σ) at `timesteps`."""
    if kind(scheduler) == "flow_prediction":
        sigma = timesteps.float() / scheduler.config.num_train_timesteps
        return 1 - sigma, sigma
    products = scheduler.alphas_cumprod.to(timesteps.device)
    signal = products[timesteps.round().long().clamp(0, len(products) - 1)]
    return signal.sqrt(), (1 - signal).sqrt()


def _planes(scheduler: Any, timesteps: Levels) -> tuple[Tensor, Tensor]:
    alpha, sigma = levels(scheduler, timesteps)
    return alpha[:, None, None, None], sigma[:, None, None, None]


def noised(scheduler: Any, clean: Latents, noise: Latents, timesteps: Levels) -> Latents:
    """Return x_t = α x₀ + σ ε."""
    alpha, sigma = _planes(scheduler, timesteps)
    return alpha * clean + sigma * noise


def target(scheduler: Any, clean: Latents, noise: Latents, timesteps: Levels) -> Latents:
    """Return the output that the network should give at x_t."""
    alpha, sigma = _planes(scheduler, timesteps)
    match kind(scheduler):
        case "flow_prediction":
            return noise - clean
        case "epsilon":
            return noise
        case _:
            return alpha * noise - sigma * clean


def clean(scheduler: Any, noisy: Latents, output: Latents, timesteps: Levels) -> Latents:
    """Return the x₀ that the network's `output` at x_t = `noisy` stands for."""
    alpha, sigma = _planes(scheduler, timesteps)
    match kind(scheduler):
        case "flow_prediction":
            return noisy - sigma * output
        case "epsilon":
            return (noisy - sigma * output) / alpha
        case _:
            return alpha * noisy - sigma * output


def with_clean(scheduler: Any, noisy: Latents, wish: Latents, timesteps: Levels) -> Latents:
    """Return the output that stands for x₀ = `wish` at x_t = `noisy` (σ > 0): the inverse of
    `clean`.
    """
    alpha, sigma = _planes(scheduler, timesteps)
    match kind(scheduler):
        case "flow_prediction":
            return (noisy - wish) / sigma
        case "epsilon":
            return (noisy - alpha * wish) / sigma
        case _:
            return (alpha * noisy - wish) / sigma


def draw_timesteps(
    scheduler: Any, count: int, generator: torch.Generator, *, logit_mean: float
) -> Levels:
    """Return `count` random timesteps for training; for flows logit σ ~ N(logit_mean, 1)."""
    total = scheduler.config.num_train_timesteps
    if kind(scheduler) == "flow_prediction":
        return total * torch.sigmoid(torch.randn(count, generator=generator) + logit_mean)
    return torch.randint(0, total, (count,), generator=generator).float()


def weights(scheduler: Any, timesteps: Levels) -> Levels:
    """Return the weight of each timestep in a training loss: 1 for flows, min-SNR otherwise."""
    if kind(scheduler) == "flow_prediction":
        return torch.ones_like(timesteps)
    alpha, sigma = levels(scheduler, timesteps)
    ratio = alpha.square() / sigma.square().clamp_min(1e-8)
    scale = ratio if kind(scheduler) == "epsilon" else ratio + 1
    return ratio.clamp_max(MOST_SNR) / scale.clamp_min(1e-8)
