r"""The shift target: the score read off the whole chain, exact for coupled phases.

Move the path after k steps by ε hᵢ e, e the unit vector of one pixel, h₀ = 0 and hₖ = 1. The
picture stays; the noises that make the moved path are, to first order,

    wᵢ + ε [ (hᵢ₊₁ − hᵢ) e − Δτᵢ hᵢ J(θᵢ) e ] / √Δτᵢ,      J = ∂f/∂θ,

and since a translation of paths has the Jacobian 1, the derivative of E φ(θₖ) follows from that of
the noises' Gaussian density alone (integration by parts, Bismut 1984; Elworthy & Li 1994):

    E ∂φ(θₖ) = −E φ(θₖ) target,
    target = −Σᵢ [ (hᵢ₊₁ − hᵢ) wᵢ / √Δτᵢ − √Δτᵢ hᵢ J(θᵢ)ᵀ wᵢ ].

No closure over the mean field, no limit of many pixels: it holds for Euler's chain as it stands.
With hᵢ = g(τᵢ)/g(τₖ), g = sinh(λ τ), the sum is A_k / g(τₖ) with one A for all k,

    A += (gᵢ₊₁ − gᵢ) wᵢ / √Δτᵢ − gᵢ √Δτᵢ J(θᵢ)ᵀ wᵢ.

λ → 0 makes h linear in τ; λ = 1/2 is near the least noise at r = 0.3, γ = 1.5, where the target
has 1.0 to 1.3 times the energy of the exact score given the picture.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from tasks.orientation.chains.chain import visit
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import Phases
from tasks.orientation.targets.target import Examples


@dataclass(frozen=True)
class Shift:
    """One example a picture; `rate` is λ, per unit of τ."""

    rate: Annotated[float, Field(gt=0)]

    def __call__(
        self,
        process: PhaseProcess,
        schedule: Schedule,
        start: Phases,
        steps: Int[Tensor, " picture"],
        generator: torch.Generator,
    ) -> Examples:
        """Return the examples.

        Raises:
            ValueError: the coupling is not linear.
        """
        if not process.coupling.linear:
            raise ValueError(f"target is shift; it needs a linear coupling, {process.coupling}")
        action = Action(process, self.rate)
        found = visit(process, schedule, start, steps, generator, companion=action)
        assert found.gathered is not None
        weight = torch.sinh(self.rate * torch.as_tensor(schedule.times)[steps]).to(found.state)
        return Examples(found.state, steps, -found.gathered / weight[:, None, None, None])


@dataclass(frozen=True)
class Action:
    """The sum A, a companion of the chain."""

    process: PhaseProcess
    rate: float

    def begin(self, start: Phases) -> Phases:
        """Return zeros."""
        return torch.zeros_like(start)

    def grow(
        self, value: Phases, state: Phases, noise: Tensor, span: tuple[float, float]
    ) -> Phases:
        """Return A after the step over `span`."""
        before, after = (math.sinh(self.rate * tau) for tau in span)
        root = math.sqrt(span[1] - span[0])
        value = value + (after - before) / root * noise
        if before == 0:
            return value
        return value - before * root * self.process.pullback(state, noise)
