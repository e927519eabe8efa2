r"""The arm of amplitudes and phases: a picture is z = a exp(iθ), point by point.

The phases θ of the monogenic signal (`tasks.orientation.circle.monogenic`) synchronise as those of
the other arms do; beside them the amplitudes a diffuse on the line by the same clock, each by
itself (`tasks.orientation.circle.line`). How strong a line is need not be said by its phases then.
One network sees cos θ, sin θ and a, and answers for both; the loss is the mean over the two
channels, and both samplers take the pair as one state.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Draw, Pictures, last, place
from tasks.orientation.arms.network import Body, Score, clock
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.circle.line import LineMotion, levels
from tasks.orientation.circle.monogenic import join, split
from tasks.orientation.circle.phase import Phases, Times
from tasks.orientation.layouts.steering import Condition, beside
from tasks.orientation.samplers.motion import ChainMotion
from tasks.orientation.samplers.ways import follow
from tasks.orientation.targets.matching import matching_loss
from tasks.orientation.targets.target import Examples
from tasks.orientation.targets.visits import draw_steps
from tasks.orientation.targets.weighting import weights

LINE = LineMotion()


class HybridNetwork(nn.Module):
    """The field along the circle and that on the line, of states whose second half of channels are
    amplitudes.
    """

    def __init__(self, size: Size, channels: int, conditions: int = 0) -> None:
        super().__init__()
        self.conditions = conditions
        self.body = Body(size, 3 * channels + conditions, 3 * channels)

    def forward(self, state: Phases, tau: Times, condition: Condition | None = None) -> Phases:
        """Return −α sin θ + β cos θ, and the line's field after it."""
        phase, amplitude = state.chunk(2, 1)
        cosine, sine = torch.cos(phase), torch.sin(phase)
        seen = beside(torch.cat([cosine, sine, amplitude], 1), condition, self.conditions)
        across, along, line = self.body(seen, clock(tau)).chunk(3, 1)
        return torch.cat([along * cosine - across * sine, line], 1)


@dataclass(frozen=True)
class HybridMotion:
    """The chain's motion of the phases, and the line's of the amplitudes."""

    chain: ChainMotion

    def drift(self, state: Phases, tau: Times) -> Phases:
        """Return both drifts."""
        phase, amplitude = state.chunk(2, 1)
        return torch.cat([self.chain.drift(phase, tau), LINE.drift(amplitude, tau)], 1)

    def back(self, state: Phases, tau: Times, length: float) -> Phases:
        """Return both drifts of steps back."""
        phase, amplitude = state.chunk(2, 1)
        parts = self.chain.back(phase, tau, length), LINE.back(amplitude, tau, length)
        return torch.cat(parts, 1)

    def home(self, state: Phases) -> Phases:
        """Return W(θ) and the amplitudes."""
        phase, amplitude = state.chunk(2, 1)
        return torch.cat([self.chain.home(phase), amplitude], 1)


@dataclass(frozen=True)
class HybridArm:
    """`phases` says all of the process, the target and the samplers but its reach, which is ½."""

    phases: PhaseArm

    @property
    def motion(self) -> HybridMotion:
        """The motion of the pair."""
        return HybridMotion(self.phases.motion)

    def build(self, size: Size, channels: int, conditions: int = 0) -> HybridNetwork:
        """Return an untrained network, which samples the law at rest of both."""
        return HybridNetwork(size, channels, conditions)

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the loss of one batch, one chain a picture."""
        arm = self.phases
        steps = draw_steps(arm.visits, arm.schedule, len(pictures), generator)
        phase, amplitude = split(pictures)
        found = arm.target(arm.process, arm.schedule, phase, steps, generator)
        times = torch.as_tensor(arm.schedule.times, dtype=torch.float32)[found.steps]
        tau = times.to(phase.device)
        amplitude = amplitude.repeat_interleave(len(found.state) // len(phase), 0)
        signal, noise = (level[:, None, None, None] for level in levels(tau))
        drawn = normal(amplitude, generator)
        examples = Examples(
            torch.cat([found.state, signal * amplitude + noise * drawn], 1),
            found.steps,
            torch.cat([found.score, -drawn / noise], 1),
        )
        weight = weights(arm.weighting, arm.schedule, found.steps).to(phase.device)
        return matching_loss(Score(self.motion.drift, network), examples, tau, weight)

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures whose phases begin in the prior and whose amplitudes in N(0, 1)."""
        arm, motion = self.phases, self.motion
        phase = arm.prior.draw(wanted.shape, generator)
        start = torch.cat([phase, normal(phase, generator)], 1).to(place(network))
        score, times = Score(motion.drift, network), arm.times(wanted.evaluations)
        states = follow(
            score, motion, times, start, generator, sampler=arm.sampler, noise=arm.noise
        )
        return join(*last(states).chunk(2, 1))
