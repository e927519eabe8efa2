r"""The prior: the law from which a sample's phases are drawn, one by one.

It is a table of quantiles, either of the von Mises law at rest or of what the chain makes of the
training pictures. The first is right where the chain is long enough; how far it is from right is
the Kolmogorov-Smirnov distance of the second to it. But a flow forgets nothing of its start, and
the chain's steps rest a little beside the process (`PhaseProcess.settled`), so that a trained
model always begins from the second.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from tasks.orientation.chains import chain
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle import von_mises
from tasks.orientation.circle.phase import Phases

LEVELS = (np.arange(4096) + 0.5) / 4096


@dataclass(frozen=True)
class Prior:
    """Phases whose quantiles are, at the levels (i + ½)/n, those given."""

    quantiles: Float[Tensor, " level"]

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Phases:
        """Return independent phases in [−π, π), one draw of the generator each."""
        device = self.quantiles.device
        uniform = torch.rand(shape, generator=generator, device=generator.device).to(device)
        place = (uniform * len(self.quantiles) - 0.5).clamp(0, len(self.quantiles) - 1)
        below = place.long().clamp_max(len(self.quantiles) - 2)
        return torch.lerp(self.quantiles[below], self.quantiles[below + 1], place - below)


def at_rest(process: PhaseProcess) -> Prior:
    """Return the von Mises law that the process comes to rest in."""
    kappa, _ = process.stationary()
    return _prior(von_mises.quantiles(LEVELS, kappa))


def simulated(terminal: Float64[np.ndarray, "*any"]) -> Prior:
    """Return the law of phases in which the chain ended, as `terminal_phases` gives them."""
    return _prior(np.quantile(terminal, LEVELS))


def terminal_phases(
    process: PhaseProcess, schedule: Schedule, training: Phases, generator: torch.Generator
) -> Float64[np.ndarray, "picture channel y x"]:
    """Return where the chain ends that begins in the training pictures' phases."""
    state = chain.end(process, schedule, training, generator)
    return state.cpu().numpy().astype(np.float64)


def distance(process: PhaseProcess, terminal: Float64[np.ndarray, "*any"]) -> float:
    """Return the Kolmogorov-Smirnov distance, in [0, 1], to the law at rest, from −π on."""
    kappa, _ = process.stationary()
    ordered = np.sort(terminal, axis=None)
    expected = von_mises.distribution(ordered, kappa)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(np.maximum(np.abs(expected - steps[1:]), np.abs(expected - steps[:-1])).max())


def _prior(quantiles: Float64[np.ndarray, " level"]) -> Prior:
    inside = np.clip(quantiles, -math.pi, np.nextafter(np.float32(math.pi), np.float32(0)))
    return Prior(torch.from_numpy(inside.astype(np.float32)))
