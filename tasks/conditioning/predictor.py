"""The predictor: the network's outputs, with and without caption and map, joined by weights.

All evaluations of a step are one batch, those without a map first: nothing is added to their
features, and the ControlNet does not see them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.conditioning.control import Steering, Steps, added, held
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.weighing import Weights
from tasks.conditioning.words import Words, join

Latents = Float[Tensor, "picture latent row col"]
Predictor = Callable[[Latents, Tensor], Latents]


class Predictors:
    """The predictors ô(x, t) by their weights, for latents of `grid` = (rows, columns) that
    `controls` steer, each made when it is first asked for; residuals are made every `reuse` steps,
    and the caption pulls by at most the share `limit` of the output.
    """

    def __init__(
        self,
        model: DiffusionModel,
        captions: Sequence[str],
        grid: Sequence[int],
        controls: Sequence[Steering] = (),
        *,
        reuse: int = 1,
        limit: float = 1.0,
    ) -> None:
        self.model, self.controls, self.reuse, self.limit = model, controls, reuse, limit
        self.size = grid[0] * model.vae_factor, grid[1] * model.vae_factor
        self.told, self.silence = model.embed(list(captions)), model.silence(len(captions))
        self.made: dict[Weights, Predictor] = {}

    def at(self, weights: Weights) -> Predictor:
        """Return ô for `weights`; where one of them is zero its evaluation is left out."""
        if weights not in self.made:
            self.made[weights] = self._make(weights)
        return self.made[weights]

    def _make(self, weights: Weights) -> Predictor:
        limited = self.limit < 1 and bool(weights[2])
        asked_for = (bool(weights[0]), bool(weights[1]) or limited, bool(weights[2]))
        every_words = (self.silence, self.silence, self.told)
        said = [
            (weight, words)
            for weight, words, wanted in zip(weights, every_words, asked_for, strict=True)
            if wanted
        ]
        count, bare = len(said), int(bool(weights[0]))
        scales = [weight for weight, _ in said]
        asked = self._asked([words for _, words in said])
        with_map = [words for _, words in said[bare:]]
        steps = self._steps(with_map) if self.controls and with_map else None

        def predict(inputs: Latents, timestep: Tensor) -> Latents:
            every = torch.cat([inputs] * count)
            extra = {} if steps is None else _residuals(steps, every, timestep, bare * len(inputs))
            output = self.model.unet(every, timestep, **asked, **extra).sample
            outputs = list(output.chunk(count))
            if limited:
                outputs[-1] = _pulled(outputs[-2], outputs[-1], self.limit)
            return _joined(outputs, scales)

        return predict

    def _asked(self, words: Sequence[Words]) -> dict[str, Any]:
        return join(words).asked(self.size)

    def _steps(self, words: Sequence[Words]) -> Steps:
        asked = self._asked(words)
        steps = added([each.begin(asked, len(words)) for each in self.controls])
        return held(steps, self.reuse)


def _joined(outputs: Sequence[Latents], scales: Sequence[float]) -> Latents:
    """Return the sum of the outputs times their scales; one alone has the scale 1."""
    if len(outputs) == 1:
        return outputs[0]
    return torch.stack([scale * each for scale, each in zip(scales, outputs, strict=True)]).sum(0)


def _pulled(empty: Latents, told: Latents, limit: float) -> Latents:
    """Return `told`, brought so near to `empty` that it differs by `limit` of its size at most."""
    pull = told - empty
    size, most = (each.flatten(1).norm(dim=1)[:, None, None, None] for each in (pull, empty))
    return empty + (limit * most / size.clamp_min(1e-12)).clamp_max(1) * pull


def _residuals(steps: Steps, every: Latents, timestep: Tensor, bare: int) -> dict[str, Any]:
    """Return the residuals, zero for the first `bare` evaluations."""
    down, middle = steps(every[bare:], timestep)
    return {
        "down_block_additional_residuals": [_behind(bare, each) for each in down],
        "mid_block_additional_residual": _behind(bare, middle),
    }


def _behind(bare: int, residual: Tensor) -> Tensor:
    if not bare:
        return residual
    return torch.cat([residual.new_zeros((bare, *residual.shape[1:])), residual])
