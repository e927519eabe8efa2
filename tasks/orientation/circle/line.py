"""The isotropic counterpart on the line: the variance-preserving diffusion.

    dx = −½ x dτ + dW,      x_τ | x₀ ~ N(e^(−τ/2) x₀, 1 − e^(−τ)),

whose law at rest is N(0, 1), with the score −x = 2f: the same clock, the same noise and the same
form of preconditioning as the phases have (Song et al. 2021, arXiv:2011.13456, section 3.4).
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.orientation.arms.network import Times
from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class LineMotion:
    """Values on the line, each by itself; a motion of `tasks.orientation.samplers.motion`."""

    def drift(self, state: Phases, tau: Times) -> Phases:
        """Return −x/2."""
        return -0.5 * state

    def back(self, state: Phases, tau: Times, length: float) -> Phases:
        """Return the drift of Euler's steps of `length` that rest in N(0, 1), up to its square."""
        return -0.5 * (1 + length / 4) * state

    def home(self, state: Phases) -> Phases:
        """Return x."""
        return state


def levels(tau: Float[Tensor, "*any"]) -> tuple[Tensor, Tensor]:
    """Return the signal's share e^(−τ/2) and the noise's deviation √(1 − e^(−τ))."""
    return torch.exp(-tau / 2), torch.sqrt(-torch.expm1(-tau))


def informative(normal: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the τ at which log(noise / signal) = `normal`: e^τ − 1 = e^(2 normal)."""
    return torch.log1p(torch.exp(2 * normal.clamp_max(math.log(1e6))))
