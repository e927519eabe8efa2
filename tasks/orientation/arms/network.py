r"""The network: a U-Net that cannot tell θ from θ + 2π.

It sees cos θ and sin θ and answers with a field (a, b) beside them, of which the part along the
circle counts; the score is

    s = 2 f(θ, τ) + c_τ (−a sin θ + b cos θ),      c_τ = 1/√(e^τ − 1).

The first term is the score of the law at rest, exactly, so the last layer, which starts at zero,
learns only how far pictures are from rest: an untrained model samples the equilibrium. What it
learns is of one size all the way. On the line (`tasks.orientation.circle.line`), x = cos u x₀ +
sin u ε, the score given the picture less the one at rest is

    x − ε / sin u = cot u (sin u x₀ − cos u ε),      cot u = 1/√(e^τ − 1),

and the bracket is the velocity of diffusion models. Of phases, whose score given the picture is
known without coupling, c_τ is within a third of the size of what is beside rest up to τ = 5, where
a hundredth of the signal's power is left. Without it (c_τ = 1/√min(τ, 2)) the network has to be
exact to a hundredth of its size where directions are decided, and draws them worse.

Clocks enter as 50 (ln τ + 10), by sines and cosines. `fold` trades every block of fold × fold
pixels for channels before the first layer and back after the last: a U-Net at full resolution
costs fold² as much.

The isotropic baselines have the same body, values in, values out.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from diffusers import UNet2DModel
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from tasks.orientation.arms.size import HEAD, Size
from tasks.orientation.circle.phase import Phases, Times
from tasks.orientation.layouts.steering import Condition, beside


class TimedField(Protocol):
    """A field on pictures at a time: what samplers follow."""

    def __call__(self, state: Phases, tau: Times) -> Phases:
        """Return the field's values."""
        ...


class Body(nn.Module):
    """A U-Net from `entering` to `leaving` channels, its last layer zero."""

    def __init__(self, size: Size, entering: int, leaving: int) -> None:
        super().__init__()
        self.size = size
        scales = range(len(size.widths))
        kinds = ["Attn" if scale in size.attending else "" for scale in scales]
        blocks: dict[str, Any] = {
            "block_out_channels": size.widths,
            "down_block_types": tuple(f"{kind}DownBlock2D" for kind in kinds),
            "up_block_types": tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
        }
        self.unet = UNet2DModel(
            in_channels=entering * size.fold**2,
            out_channels=leaving * size.fold**2,
            layers_per_block=size.blocks,
            norm_num_groups=size.groups,
            attention_head_dim=HEAD,
            **blocks,
        )
        nn.init.zeros_(self.unet.conv_out.weight)
        assert self.unet.conv_out.bias is not None
        nn.init.zeros_(self.unet.conv_out.bias)

    def forward(self, values: Phases, clock: Times) -> Phases:
        """Return the answer, in single precision.

        Raises:
            ValueError: the sides are no multiples of what folding and the scales need.
        """
        multiple = self.size.fold * 2 ** (len(self.size.widths) - 1)
        if any(side % multiple for side in values.shape[-2:]):
            raise ValueError(f"sides are {tuple(values.shape[-2:])}; {multiple} must divide them")
        folded = functional.pixel_unshuffle(values, self.size.fold)
        with torch.autocast(values.device.type, torch.bfloat16, enabled=self.size.half):
            answer = self.unet(folded, clock).sample
        return functional.pixel_shuffle(answer.float(), self.size.fold)


def clock(tau: Times) -> Times:
    """Return 50 (ln τ + 10), 0 at τ = 4.5e-5 and 615 at τ = 10."""
    return 50 * (torch.log(tau) + 10)


def scale(tau: Times) -> Float[Tensor, "picture 1 1 1"]:
    """Return c_τ."""
    return torch.expm1(tau).rsqrt()[:, None, None, None]


class PhaseNetwork(nn.Module):
    """The field along the circle, for pictures of `channels` channels, under a condition of
    `conditions` channels where that is not 0.
    """

    def __init__(self, size: Size, channels: int, conditions: int = 0) -> None:
        super().__init__()
        self.conditions = conditions
        self.body = Body(size, 2 * channels + conditions, 2 * channels)

    def forward(self, phase: Phases, tau: Times, condition: Condition | None = None) -> Phases:
        """Return −a sin θ + b cos θ."""
        cosine, sine = torch.cos(phase), torch.sin(phase)
        seen = beside(torch.cat([cosine, sine], 1), condition, self.conditions)
        across, along = self.body(seen, clock(tau)).chunk(2, 1)
        return along * cosine - across * sine


class LineNetwork(nn.Module):
    """The field on the line, for pictures of `channels` channels, with conditions alike."""

    def __init__(self, size: Size, channels: int, conditions: int = 0) -> None:
        super().__init__()
        self.conditions = conditions
        self.body = Body(size, channels + conditions, channels)

    def forward(self, state: Phases, tau: Times, condition: Condition | None = None) -> Phases:
        """Return the body's answer at `clock(tau)`."""
        return self.body(beside(state, condition, self.conditions), clock(tau))


@dataclass(frozen=True)
class Score:
    """The score 2 f + c_τ · network, from the drift f of a motion and the network."""

    drift: TimedField
    network: nn.Module

    def __call__(self, state: Phases, tau: Times) -> Phases:
        """Return s(state, τ)."""
        return 2 * self.drift(state, tau) + scale(tau) * self.network(state, tau)
