r"""What of an impression can be read off a picture with a gradient.

From a picture y in [0, 1] the cells are read by differentiable means of what `tasks.features` and
the decoders compute, nothing being quantized:

    colour   ⟨y⟩,    luma   V(⟨Y⟩),    edge   min(⟨|∇Y'|⟩ / e₁, 1),

⟨·⟩ being the mean over a cell's window, Y luminance, Y' luma, V sRGB's transfer function, e₁ the
full scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tasks.features.light import BT709

NAMES = ("red", "green", "blue", "luma", "edge")


@dataclass(frozen=True)
class Readable:
    """Pictures in, those channels out that both an impression with `channels` has and a picture
    shows; `cell` and `stride` of the cells in pixels, `full_scale` of the edges.
    """

    channels: tuple[str, ...]
    cell: int
    stride: int
    full_scale: float

    @property
    def known(self) -> tuple[str, ...]:
        """The names of these channels, in order."""
        return tuple(name for name in NAMES if name in self.channels)

    @property
    def places(self) -> list[int]:
        """Where they are among the channels of the impression."""
        return [self.channels.index(name) for name in self.known]

    def __call__(
        self, pictures: Float[Tensor, "picture 3 y x"]
    ) -> Float[Tensor, "picture known row col"]:
        """Return the channels of pictures in [0, 1]."""
        found = read(pictures, self.cell, self.stride, self.full_scale)
        return torch.stack([found[name] for name in self.known], 1)


def readable(
    channels: Sequence[str], cell: int, stride: int, decoders: Sequence[Mapping[str, Any]]
) -> Readable:
    """Return what can be read of impressions with `channels`, which `decoders` made; all but the
    channels as params.yaml has them.
    """
    scales = [each["full_scale"] for each in decoders if each["name"] == "edges"]
    return Readable(tuple(map(str, channels)), cell, stride, scales[0] if scales else 1.0)


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
