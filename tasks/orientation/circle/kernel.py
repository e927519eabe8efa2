r"""The wrapped Gaussian: what one step of the noise does to a phase.

With the difference d of two phases and the variance v, the density and its score are, by images
around the circle and, as Poisson's summation has it, by waves,

    q(d) = Σₖ exp(−eₖ² / 2v) / √(2πv)                 = (1 + 2 Σₙ aₙ cos n d) / 2π,
    ∂ log q(d) = −(1/v) Σₖ ωₖ eₖ                      = −2 Σₙ n aₙ sin n d / (1 + 2 Σₙ aₙ cos n d),

eₖ = W(d) + 2πk, ω = softmax(−e² / 2v), aₙ = exp(−n² v / 2) (Mardia & Jupp 2000, Directional
Statistics, section 3.5.7). The images serve for small v, where the softmax keeps every quotient
finite; the waves for large v. Both are exact to rounding on their side of `BOUND`. Below `NEAR`
the nearest image alone, −W(d)/v, is right but within a hair of the antipode, where no sample
falls.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.orientation.circle.phase import wrap

NEAR, BOUND = 0.25, 2.0
IMAGES, WAVES = 3, 7

Angles = Float[Tensor, "*any"]
Variance = float | Float[Tensor, "*any"]


def score(difference: Angles, variance: Variance) -> Angles:
    """Return ∂ log q / ∂d for a variance (> 0, rad²) that broadcasts against `difference`."""
    near = wrap(difference)
    spread = torch.as_tensor(variance, dtype=near.dtype, device=near.device)
    if bool((spread <= NEAR).all()):
        return -near / spread
    by_images = score_by_images(near, spread.clamp_max(BOUND))
    by_waves = score_by_waves(near, spread.clamp_min(BOUND))
    return torch.where(spread <= BOUND, by_images, by_waves)


def score_by_images(near: Angles, variance: Float[Tensor, "*any"]) -> Angles:
    """Return the score by the images −3 … 3 of a wrapped difference; good for variances up to
    `BOUND`.
    """
    turns = torch.arange(-IMAGES, IMAGES + 1, dtype=near.dtype, device=near.device)
    images = near[..., None] + 2 * math.pi * turns
    spread = variance[..., None]
    weights = torch.softmax(-images.square() / (2 * spread), -1)
    return -(weights * images).sum(-1) / variance


def score_by_waves(near: Angles, variance: Float[Tensor, "*any"]) -> Angles:
    """Return the score by the waves 1 … 7; good for variances from `BOUND` on."""
    above, below = torch.zeros_like(near * variance), torch.ones_like(near * variance)
    for number in range(1, WAVES + 1):
        height = 2 * torch.exp(-(number**2) * variance / 2)
        above = above - number * height * torch.sin(number * near)
        below = below + height * torch.cos(number * near)
    return above / below


def density(difference: Angles, variance: float) -> Angles:
    """Return q(d) of one variance (> 0, rad²), in 1/rad."""
    near = wrap(difference)
    if variance > BOUND:
        waves = [
            2 * math.exp(-(n**2) * variance / 2) * torch.cos(n * near) for n in range(1, WAVES + 1)
        ]
        return (1 + torch.stack(waves).sum(0)) / (2 * math.pi)
    reach = 1 if variance <= 1 else IMAGES  # what is left out is below 1e-19
    images = [near + 2 * math.pi * turn for turn in range(-reach, reach + 1)]
    heights = torch.stack([torch.exp(-image.square() / (2 * variance)) for image in images])
    return heights.sum(0) / math.sqrt(2 * math.pi * variance)
