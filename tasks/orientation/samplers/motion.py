"""Motions: what a sampler needs to know of the way that it undoes.

A chain of steps Δ(τ) moves, in law, as the process with the drift f_Δ does
(`PhaseProcess.settled`); that is what a flow must follow. A reverse chain takes steps of its own,
of length Δ′, which rest elsewhere in turn: with the drift f_(Δ − Δ′) they rest where the forward
chain does. Where both are of one length this is f itself: at rest, a step back is a step forward
(detailed balance).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import Phases, Times


class Motion(Protocol):
    """A drift that may depend on the time, and the drift of steps back that keeps its rest."""

    def drift(self, state: Phases, tau: Times) -> Phases:
        """Return the drift of the forward law, per unit of τ."""
        ...

    def back(self, state: Phases, tau: Times, length: float) -> Phases:
        """Return the drift, at rest, of steps back of `length`."""
        ...

    def home(self, state: Phases) -> Phases:
        """Return the state's representative."""
        ...


@dataclass(frozen=True)
class ChainMotion:
    """The motion of the chain that `process` makes by the steps of `schedule`."""

    process: PhaseProcess
    schedule: Schedule

    def drift(self, state: Phases, tau: Times) -> Phases:
        """Return f_Δ."""
        return self.process.settled(state, self._length(tau))

    def back(self, state: Phases, tau: Times, length: float) -> Phases:
        """Return f_(Δ − length)."""
        return self.process.settled(state, self._length(tau) - length)

    def home(self, state: Phases) -> Phases:
        """Return W(θ)."""
        return self.process.home(state)

    def _length(self, tau: Times) -> Tensor:
        """Return the length of the chain's step that ends at τ, between its times linearly."""
        found = np.interp(tau.cpu().numpy(), self.schedule.times[1:], self.schedule.lengths)
        return torch.from_numpy(found).to(tau)[:, None, None, None]


@dataclass(frozen=True)
class FreeMotion:
    """The motion of the process itself, without steps."""

    process: PhaseProcess

    def drift(self, state: Phases, tau: Times) -> Phases:
        """Return f."""
        return self.process.drift(state)

    def back(self, state: Phases, tau: Times, length: float) -> Phases:
        """Return f_(−length)."""
        return self.process.settled(state, -length)

    def home(self, state: Phases) -> Phases:
        """Return W(θ)."""
        return self.process.home(state)
