"""Targets: what the score is fitted to.

The score ∇ log p of the chain after k steps is the mean, given the state, of anything whose
expectation against test functions is right; what such targets differ in is their noise. A target
draws states at the wanted steps and returns them with one unbiased sample of the score each. The
variants are in `tasks.orientation.registry`.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Int
from torch import Tensor

from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class Examples:
    """States, the number of steps (1 … T) after which each stands, and the score's samples."""

    state: Phases
    steps: Int[Tensor, " picture"]
    score: Phases


class Target(Protocol):
    """What a variant offers."""

    def __call__(
        self,
        process: PhaseProcess,
        schedule: Schedule,
        start: Phases,
        steps: Int[Tensor, " picture"],
        generator: torch.Generator,
    ) -> Examples:
        """Return examples of the chain that begins in `start`, after `steps` (1 … T)."""
        ...
