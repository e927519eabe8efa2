r"""Injection: features of a wanted picture in place of those of the picture that is painted.

With the wanted latent y and the picture's own noise ε, the U-Net's encoder is run on y_t = α y +
σ ε as well as on x_t, and the skip connections and the middle are drawn from the one to the other,

    h ← h + w (h(y_t) − h(x_t)),

with weights w of their own (Tumanyan et al. 2023, arXiv:2211.12572, section 4, there for a
picture's own inversion). Nothing is trained.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from tasks.conditioning import encoder, prediction
from tasks.conditioning.control import Latents, Residuals, Steps
from tasks.conditioning.model import DiffusionModel


@dataclass(frozen=True)
class Injection:
    """Draw the features to those of `wanted`: the skip connections by `skips`, the middle by
    `middle`, each in [0, 1].
    """

    model: DiffusionModel
    wanted: Latents
    noise: Latents
    skips: float
    middle: float

    def begin(self, asked: dict[str, Any], copies: int) -> Steps:
        """Return the differences of the features as a function of (x_t, t)."""
        wanted, noise = (
            torch.cat([each.to(self.model.unet.device)] * copies)
            for each in (self.wanted, self.noise)
        )

        def steps(inputs: Latents, timestep: Tensor) -> Residuals:
            times = timestep.repeat(len(inputs))
            goal = prediction.noised(self.model.scheduler, wanted, noise, times)
            there, here = (
                encoder.features(self.model.unet, each, timestep, asked)
                for each in (goal.to(inputs), inputs)
            )
            down = [self.skips * (a - b) for a, b in zip(there[0], here[0], strict=True)]
            return down, self.middle * (there[1] - here[1])

        return steps
