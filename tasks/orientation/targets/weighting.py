"""Weights of the loss λₖ (s − target)² after k steps.

unit       min(τₖ, 2)       the score given the picture has one size at every τ
velocity   min(τₖ, 2) (1 + √(e^τ − 1))², τ = min(τₖ, 3)
                            the loss of flow matching, by the clock of the line: much noise,
                            where directions are decided, counts most
sigma2     Δτₖ₋₁            the paper's λ = 2D: even for one-step targets
official   (Δτₖ / 2)²       the released code's, with the index it uses; early steps fade
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.choices import Weighting

LEVEL = 2.0
"""τ from which on the score given the picture has about one size."""
LAST = 3.0
"""τ from which on next to nothing is left of a picture."""


def weights(
    kind: Weighting, schedule: Schedule, steps: Int[Tensor, " picture"]
) -> Float[Tensor, " picture"]:
    """Return λ after each number of steps (1 … T)."""
    lengths, times = torch.as_tensor(schedule.lengths), torch.as_tensor(schedule.times)
    match kind:
        case "unit":
            return times[steps].clamp_max(LEVEL).float()
        case "velocity":
            ratio = torch.expm1(times[steps].clamp_max(LAST)).sqrt()
            return (times[steps].clamp_max(LEVEL) * (1 + ratio).square()).float()
        case "sigma2":
            return lengths[steps - 1].float()
        case "official":
            return (lengths[steps.clamp_max(schedule.steps - 1)] / 2).square().float()
