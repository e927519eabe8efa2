"""The isotropic counterpart on the line: the variance-preserving diffusion.

    dx = −½ x dτ + dW,      x_τ | x₀ ~ N(e^(−τ/2) x₀, 1 − e^(−τ)),

whose law at rest is N(0, 1), with the score −x = 2f: the same clock, the same noise and the same
form of preconditioning as the phases have (Song et al. 2021, arXiv:2011.13456, section 3.4).

Signal and noise are cosine and sine of one angle u, 0 at the picture and π/2 in the noise, and the
picture fades evenly in it: the state moves as −sin u x₀ + cos u ε, at one speed all the way. It is
the clock of samplers, the phases' too.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from tasks.orientation.circle.phase import Phases, Times


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


def angle(tau: Float64[np.ndarray, "*any"]) -> Float64[np.ndarray, "*any"]:
    """Return u in [0, π/2), cos u = e^(−τ/2).

    >>> angle(np.array([0.0, np.log(2.0)])).round(4).tolist()
    [0.0, 0.7854]
    """
    return np.arctan(np.sqrt(np.expm1(tau)))


def informative(normal: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the τ at which log(noise / signal) = `normal`: e^τ − 1 = e^(2 normal)."""
    return torch.log1p(torch.exp(2 * normal.clamp_max(math.log(1e6))))
