r"""Consistency: what is extracted again from the prediction should be the map that conditioned it.

From the network's output at x_t the x₀ that it stands for is decoded, and the cells of the picture
y are read by differentiable means of what `tasks.features` and the decoders compute:

    colour   ⟨y⟩,    luma   V(⟨Y⟩),    edge   min(⟨|∇Y'|⟩ / e₁, 1),

⟨·⟩ being the mean over a cell's window, Y luminance, Y' luma, V sRGB's transfer function, e₁ the
full scale. The loss is their mean absolute difference from the map's channels of these names, for
those pictures of a batch that carry the least noise, weighted by (α/(α + σ))²: at high noise x₀ is
a guess. (ControlNet++, Li et al. 2024, arXiv:2404.07987, section 3, whose networks estimate what
is read off here.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tasks.conditioning import prediction
from tasks.conditioning.prediction import Latents, Levels
from tasks.features.light import BT709

PICTURES = 8
"""Pictures of a batch that are decoded, at most."""
NAMES = ("red", "green", "blue", "luma", "edge")

Render = Callable[[Latents], Float[Tensor, "picture 3 y x"]]


@dataclass(frozen=True)
class Consistency:
    """The loss, `weight` times; `channels` are the map's, `cell` and `stride` those of its cells
    in pixels, `full_scale` that of its edges; `render` decodes latents.
    """

    weight: float
    channels: tuple[str, ...]
    cell: int
    stride: int
    full_scale: float
    render: Render

    def __call__(
        self,
        scheduler: Any,
        noisy: Latents,
        output: Latents,
        timesteps: Levels,
        maps: Float[Tensor, "picture channel row col"],
    ) -> Float[Tensor, ""]:
        """Return the weighted loss of a batch; maps that are all zero were left out and do not
        count.
        """
        alpha, sigma = prediction.levels(scheduler, timesteps)
        sure = (alpha / (alpha + sigma)) ** 2 * maps.flatten(1).any(1)
        few = sure.argsort(descending=True)[:PICTURES]
        clean = prediction.clean(scheduler, noisy[few], output[few], timesteps[few])
        found = read(self.render(clean), self.cell, self.stride, self.full_scale)
        known = [name for name in NAMES if name in self.channels]
        at = [self.channels.index(name) for name in known]
        shown = torch.stack([found[name] for name in known], 1)
        away = (shown - maps[few][:, at]).abs().mean((1, 2, 3))
        return self.weight * (sure[few] * away).sum() / len(noisy)


def read(
    pictures: Float[Tensor, "picture 3 y x"], cell: int, stride: int, full_scale: float
) -> dict[str, Float[Tensor, "picture row col"]]:
    """Return the channels of `NAMES` of pictures in [0, 1]."""
    light = torch.where(
        pictures <= 0.04045, pictures / 12.92, ((pictures.clamp_min(0.04) + 0.055) / 1.055) ** 2.4
    )
    luminance, luma = (_weighted(each, BT709) for each in (light, pictures))
    mean = _pooled(luminance, cell, stride)[:, 0]
    stored = torch.where(
        mean <= 0.0031308, 12.92 * mean, 1.055 * mean.clamp_min(0.003) ** (1 / 2.4) - 0.055
    )
    edge = _pooled(_steepness(luma), cell, stride)[:, 0] / full_scale
    red, green, blue = _pooled(pictures, cell, stride).unbind(1)
    return dict(zip(NAMES, (red, green, blue, stored, edge.clamp_max(1)), strict=True))


def _weighted(values: Tensor, weights: Sequence[float]) -> Tensor:
    return (values * values.new_tensor(weights)[None, :, None, None]).sum(1, keepdim=True)


def _steepness(luma: Float[Tensor, "picture 1 y x"]) -> Float[Tensor, "picture 1 y x"]:
    """Return Sobel's |∇Y'| per pixel, the border pixel being repeated outwards."""
    across = luma.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    kernels = torch.stack([across, across.T])[:, None]
    wide = functional.pad(luma, (1, 1, 1, 1), mode="replicate")
    square = functional.conv2d(wide, kernels).square().sum(1, keepdim=True)
    return (square + 1e-12).sqrt()  # a slope of nothing has no direction to learn


def _pooled(values: Tensor, cell: int, stride: int) -> Tensor:
    """Return the means over the windows of the cells, the picture being mirrored at its border."""
    before = (cell - stride) // 2
    after = cell - stride - before
    for axis in (2, 3):
        values = _mirrored(values, before, after, axis)
    return functional.avg_pool2d(values, cell, stride)


def _mirrored(values: Tensor, before: int, after: int, axis: int) -> Tensor:
    length = values.shape[axis]
    head = values.narrow(axis, 0, before).flip(axis)
    tail = values.narrow(axis, length - after, after).flip(axis)
    return torch.cat([head, values, tail], axis)
