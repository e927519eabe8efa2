"""The classical isotropic arm: DDPM, the noise predicted under a linear schedule of β.

Training is plain ε-prediction at uniform steps, sampling is diffusers' ancestral (DDPM) or
deterministic (DDIM) scheduler with x₀ cut to [−1, 1] (Ho et al. 2020, arXiv:2006.11239; Song et
al. 2021, arXiv:2010.02502). The network's clock is the line's, τ = −log ᾱ.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import torch
from diffusers import DDIMScheduler, DDPMScheduler
from jaxtyping import Float
from torch import Tensor, nn

from tasks.conditioning import prediction
from tasks.orientation.arms.arm import Draw, Pictures, place
from tasks.orientation.arms.network import LineNetwork
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.circle.phase import to_bytes, to_values

KINDS = {"ddpm": DDPMScheduler, "ddim": DDIMScheduler}


@dataclass(frozen=True)
class NoisePrediction:
    """`steps` steps whose β rises from `beta_start` to `beta_end`."""

    steps: int
    beta_start: float
    beta_end: float
    sampler: Literal["ddpm", "ddim"]

    @cached_property
    def scheduler(self) -> Any:
        """The levels of noise, as diffusers keeps them."""
        return KINDS[self.sampler](
            num_train_timesteps=self.steps, beta_start=self.beta_start, beta_end=self.beta_end
        )

    def build(self, size: Size, channels: int, conditions: int = 0) -> LineNetwork:
        """Return an untrained network, which predicts no noise."""
        return LineNetwork(size, channels, conditions)

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the mean squared error of the noise on one batch."""
        drawn = prediction.draw_timesteps(
            self.scheduler, len(pictures), generator, logit_mean=0.0
        ).to(pictures.device)
        values = to_values(pictures)
        noise = normal(values, generator)
        noisy = prediction.noised(self.scheduler, values, noise, drawn)
        return (network(noisy, self._clock(drawn)) - noise).square().mean()

    @torch.no_grad()
    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures after `evaluations` of the scheduler's steps."""
        state = normal(torch.empty(wanted.shape, device=place(network)), generator)
        self.scheduler.set_timesteps(wanted.evaluations)
        for step in self.scheduler.timesteps:
            now = self._clock(torch.full((len(state),), int(step), device=state.device))
            noise = network(state, now)
            state = self.scheduler.step(noise, step, state, generator=generator).prev_sample
        return to_bytes(state)

    def _clock(self, timesteps: Float[Tensor, " picture"]) -> Float[Tensor, " picture"]:
        signal, _ = prediction.levels(self.scheduler, timesteps)
        return -2 * torch.log(signal)
