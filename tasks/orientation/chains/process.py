r"""The forward process: phases synchronise under noise.

    dθᵢ = fᵢ(θ) dτ + dWᵢ,      f = r [ G(θ) − γ sin θ ],

with the coupling's torque G, the reference's pull γ towards the phase 0, and r = K/σ², the ratio
of coupling to noise. The paper's chain is a time change of this one equation: its step t, with
noise variance σₜ² and coupling Kₜ = r σₜ², is Euler's step of length Δτ = σₜ². What was a schedule
of two sequences is a grid on the axis of τ (`tasks.orientation.chains.schedule`), and r is its one
ratio (0.3 in the paper). No natural frequencies (Song et al. 2025, arXiv:2509.15328, section 3.2).

At rest, phases are independent up to 1/N and follow the von Mises law of the concentration κ that
`tasks.orientation.circle.von_mises` closes. Its score is 2f, exactly so where the mean fields are
constant.

Line processes for the isotropic baselines share this interface: `tasks.orientation.circle.line`.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from tasks.orientation.chains.alone import Alone
from tasks.orientation.chains.coupling import Coupling, torque
from tasks.orientation.circle import von_mises
from tasks.orientation.circle.phase import Phases, wrap


class Process(Protocol):
    """A diffusion with unit noise per unit of τ: what a chain needs to know."""

    def drift(self, state: Phases) -> Phases:
        """Return f(state), per unit of τ."""
        ...

    def home(self, state: Phases) -> Phases:
        """Return the state's representative."""
        ...


@dataclass(frozen=True)
class PhaseProcess:
    """Phases with ratio r (≥ 0), pull γ (≥ 0) and a coupling."""

    ratio: float
    pull: float
    coupling: Coupling

    def drift(self, state: Phases) -> Phases:
        """Return f(θ), in rad per unit of τ."""
        cosine, sine = torch.cos(state), torch.sin(state)
        means = self.coupling(cosine, sine)
        return self.ratio * (torque(cosine, sine, means) - self.pull * sine)

    def home(self, state: Phases) -> Phases:
        """Return W(θ)."""
        return wrap(state)

    def settled(self, state: Phases, length: float | Tensor) -> Phases:
        """Return f + Δ/2 (J f + ½ ∇²f), of whose process Euler's steps of `length` Δ have the law
        at rest; Δ may be negative, and broadcasts. Without a linear coupling it is f itself.
        """
        drift = self.drift(state)
        if not self.coupling.linear:
            return drift
        cosine, sine = torch.cos(state), torch.sin(state)
        means = self.coupling(cosine, sine)
        own = drift * (means[1] * sine + (means[0] + self.pull) * cosine)
        pushed = self.coupling(cosine * drift, sine * drift)
        ahead = cosine * pushed[0] + sine * pushed[1] - own
        bowed = 0.5 * self.pull * sine - torque(cosine, sine, means)
        return drift + length / 2 * self.ratio * (ahead + bowed)

    def pullback(self, state: Phases, weights: Phases) -> Phases:
        """Return Jᵀ weights, J the Jacobian ∂f/∂θ, for a linear coupling."""
        cosine, sine = torch.cos(state), torch.sin(state)
        means = self.coupling(cosine, sine)
        own = weights * (means[1] * sine + (means[0] + self.pull) * cosine)
        others = cosine * self.coupling.adjoint(weights * cosine)
        others = others + sine * self.coupling.adjoint(weights * sine)
        return self.ratio * (others - own)

    def stationary(self) -> tuple[float, float]:
        """Return (κ, R) of the law at rest."""
        return von_mises.self_consistent(self.ratio, self.pull, self.coupling.order)

    def uncoupled(self) -> "PhaseProcess":
        """Return the process without coupling whose pull gives the same law at rest."""
        kappa, _ = self.stationary()
        return replace(self, pull=kappa / (2 * self.ratio), coupling=Alone())


def step(process: Process, state: Phases, length: float, noise: Tensor) -> Phases:
    """Return the state after Euler's step of `length` in τ under `noise` ~ N(0, 1)."""
    return process.home(state + length * process.drift(state) + length**0.5 * noise)
