r"""A light branch: a small tower that sees the map alone, neither the noise nor the time.

Its features f_r at the resolution r of each level of the U-Net come from residual blocks,

    f_0 = E(c),    f_r ← f_r + conv(silu(conv(silu(f_r)))),    f_{r+1} = conv₂(f_r)

(conv₂ at stride 2), and reach the U-Net's skip connections and its middle through 1 × 1
convolutions that start at zero, as a ControlNet's do. Since nothing here depends on x_t or t, the
residuals are computed once a picture and not once a step (T2I-Adapter, Mou et al. 2023,
arXiv:2302.08453, section 3.2; the zero convolutions are those of Zhang et al. 2023).

Modules bear the names of diffusers' `ControlNetModel` where they play the same part, and the
network is called as one is, so that what trains the one trains the other.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
from diffusers import ConfigMixin, ModelMixin, UNet2DConditionModel
from diffusers.configuration_utils import register_to_config
from diffusers.models.controlnets.controlnet import ControlNetConditioningEmbedding
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Residuals = tuple[list[Tensor], Tensor]


class LightBranch(ModelMixin, ConfigMixin):
    """The tower over maps of `conditioning_channels` channels, beside a U-Net of levels `widths`
    with `layers` residual layers each; `embedding` lists the channels of E.
    """

    @register_to_config
    def __init__(
        self,
        conditioning_channels: int,
        embedding: Sequence[int],
        widths: Sequence[int],
        layers: int,
    ) -> None:
        super().__init__()
        last = len(widths) - 1
        self.controlnet_cond_embedding = ControlNetConditioningEmbedding(
            widths[0],
            block_out_channels=tuple(embedding),
            conditioning_channels=conditioning_channels,
        )
        self.blocks = nn.ModuleList(_Residual(width) for width in widths)
        self.downs = nn.ModuleList(
            nn.Conv2d(widths[level], widths[level + 1], 3, stride=2, padding=1)
            for level in range(last)
        )
        self.places = skips(widths, layers)
        self.controlnet_down_blocks = nn.ModuleList(
            _silent(widths[level], width) for level, width in self.places
        )
        self.controlnet_mid_block = _silent(widths[last], widths[last])

    @classmethod
    def from_unet(
        cls,
        unet: UNet2DConditionModel,
        conditioning_channels: int,
        conditioning_embedding_out_channels: Sequence[int],
    ) -> "LightBranch":
        """Return a branch that fits `unet`."""
        config = unet.config
        return cls(
            conditioning_channels=conditioning_channels,
            embedding=list(conditioning_embedding_out_channels),
            widths=list(config["block_out_channels"]),
            layers=config["layers_per_block"],
        )

    def forward(
        self,
        sample: Any,
        timestep: Any,
        encoder_hidden_states: Any = None,
        *,
        controlnet_cond: Float[Tensor, "picture channel y x"],
        conditioning_scale: float = 1.0,
        return_dict: bool = False,
        **_: Any,
    ) -> Residuals:
        """Return the residuals; called as a ControlNet, but noise, time and words are not read."""
        return self.residuals(self.controlnet_cond_embedding(controlnet_cond), conditioning_scale)

    def residuals(
        self, embedded: Float[Tensor, "picture width row col"], scale: float
    ) -> Residuals:
        """Return the residuals of the skip connections and of the middle from E(c), times
        `scale`.
        """
        features = []
        for level, block in enumerate(self.blocks):
            embedded = block(self.downs[level - 1](embedded) if level else embedded)
            features.append(embedded)
        pairs = zip(self.places, self.controlnet_down_blocks, strict=True)
        down = [scale * layer(features[level]) for (level, _), layer in pairs]
        return down, scale * self.controlnet_mid_block(features[-1])


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, values: Tensor) -> Tensor:
        return values + self.second(functional.silu(self.first(functional.silu(values))))


def skips(widths: Sequence[int], layers: int) -> list[tuple[int, int]]:
    """Return (level whose resolution it has, width) of each skip connection of a U-Net.

    >>> skips([8, 16], 1)
    [(0, 8), (0, 8), (1, 8), (1, 16)]
    """
    found = [(0, widths[0])]
    for level, width in enumerate(widths):
        found += [(level, width)] * layers
        if level + 1 < len(widths):
            found.append((level + 1, width))
    return found


def _silent(width: int, out: int) -> nn.Conv2d:
    layer = nn.Conv2d(width, out, 1)
    for weight in layer.parameters():
        nn.init.zeros_(cast(torch.Tensor, weight))
    return layer
