r"""The isotropic arm nearest to the phases: the same clock, visits, loss and samplers, on the line
instead of the circle.

Its network answers with flow matching's velocity v = ε − x₀, from which

    s = −(x + cos u v) / (sin u (cos u + sin u)),      cos u = e^(−τ/2).

Asked, as that of the phases is, for how far the score is from rest, cot u (sin u x₀ − cos u ε), it
must pass the noise on near the picture and nothing of it far away, and lines of real fingerprints
came out half as well (tasks/orientation/README.md).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Draw, Pictures, last, place
from tasks.orientation.arms.network import LineNetwork
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.choices import Noise, Sampler, Visits, Weighting
from tasks.orientation.circle.line import LineMotion, levels
from tasks.orientation.circle.phase import Phases, Times, to_bytes, to_values
from tasks.orientation.samplers.ways import even_times, follow
from tasks.orientation.targets.matching import matching_loss
from tasks.orientation.targets.target import Examples
from tasks.orientation.targets.visits import draw_steps
from tasks.orientation.targets.weighting import weights


@dataclass(frozen=True)
class Straight:
    """The score of a network that answers with velocities."""

    network: nn.Module

    def __call__(self, state: Phases, tau: Times) -> Phases:
        """Return s(x, τ)."""
        signal, noise = (level[:, None, None, None] for level in levels(tau))
        velocity = self.network(state, tau)
        return -(state + signal * velocity) / (noise * (signal + noise))


@dataclass(frozen=True)
class VariancePreserving:
    """Score matching on values in [−1, 1], by the exact score given the picture."""

    schedule: Schedule
    weighting: Weighting
    visits: Visits
    sampler: Sampler
    noise: Noise

    def build(self, size: Size, channels: int, conditions: int = 0) -> LineNetwork:
        """Return an untrained network, whose velocity is zero."""
        return LineNetwork(size, channels, conditions)

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the loss of one batch."""
        steps = draw_steps(self.visits, self.schedule, len(pictures), generator)
        tau = torch.as_tensor(self.schedule.times, dtype=torch.float32)[steps]
        tau = tau.to(pictures.device)
        signal, noise = (level[:, None, None, None] for level in levels(tau))
        values = to_values(pictures)
        drawn = normal(values, generator)
        examples = Examples(signal * values + noise * drawn, steps, -drawn / noise)
        weight = weights(self.weighting, self.schedule, steps).to(pictures.device)
        return matching_loss(Straight(network), examples, tau, weight)

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures that begin in N(0, 1)."""
        motion = LineMotion()
        start = normal(torch.empty(wanted.shape, device=place(network)), generator)
        times = even_times(self.sampler, self.schedule, wanted.evaluations)
        score, sampler, noise = Straight(network), self.sampler, self.noise
        states = follow(score, motion, times, start, generator, sampler=sampler, noise=noise)
        return to_bytes(last(states))
