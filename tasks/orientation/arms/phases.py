"""The arm of phases: the process, what is fitted, and how pictures are drawn from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Draw, Pictures, last, place
from tasks.orientation.arms.network import PhaseNetwork, Score
from tasks.orientation.arms.size import Size
from tasks.orientation.chains import chain
from tasks.orientation.chains.prior import Prior
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.choices import Grid, Noise, Sampler, Visits, Weighting
from tasks.orientation.circle.phase import Phases, decode, encode
from tasks.orientation.samplers.motion import ChainMotion
from tasks.orientation.samplers.ways import even_times, follow, own_times
from tasks.orientation.targets.matching import matching_loss
from tasks.orientation.targets.target import Target
from tasks.orientation.targets.visits import draw_steps
from tasks.orientation.targets.weighting import weights


@dataclass(frozen=True)
class PhaseArm:
    """Score matching on phases; `reach` is ρ, and `prior` the law that samples begin in."""

    process: PhaseProcess
    schedule: Schedule
    reach: float
    target: Target
    weighting: Weighting
    visits: Visits
    sampler: Sampler
    noise: Noise
    grid: Grid
    prior: Prior

    @property
    def motion(self) -> ChainMotion:
        """The motion of the chain."""
        return ChainMotion(self.process, self.schedule)

    def build(self, size: Size, channels: int, conditions: int = 0) -> PhaseNetwork:
        """Return an untrained network, which samples the law at rest."""
        return PhaseNetwork(size, channels, conditions)

    def loss(
        self, network: nn.Module, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the loss of one batch, one chain a picture."""
        steps = draw_steps(self.visits, self.schedule, len(pictures), generator)
        start = encode(pictures, self.reach)
        examples = self.target(self.process, self.schedule, start, steps, generator)
        times = torch.as_tensor(self.schedule.times, dtype=torch.float32)[examples.steps]
        weight = weights(self.weighting, self.schedule, examples.steps)
        score = Score(self.motion.drift, network)
        return matching_loss(score, examples, times.to(start.device), weight.to(start.device))

    def times(self, evaluations: int) -> Sequence[float]:
        """Return the times, from 0 to the end, that use up `evaluations` (≥ 1) of the score."""
        if self.grid == "angle":
            return even_times(self.sampler, self.schedule, evaluations)
        return own_times(self.sampler, self.schedule, evaluations)

    def unfold(
        self, network: nn.Module, start: Phases, evaluations: int, generator: torch.Generator
    ) -> Iterator[Phases]:
        """Yield the states on the way from `start`, at the chain's end, to the picture."""
        score, times = Score(self.motion.drift, network), self.times(evaluations)
        return follow(
            score, self.motion, times, start, generator, sampler=self.sampler, noise=self.noise
        )

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures that begin in the prior."""
        start = self.prior.draw(wanted.shape, generator).to(place(network))
        states = self.unfold(network, start, wanted.evaluations, generator)
        return decode(last(states), self.reach)

    def reconstruct(
        self,
        network: nn.Module,
        pictures: Pictures,
        evaluations: int,
        generator: torch.Generator,
    ) -> Pictures:
        """Return pictures noised to the chain's end and drawn back: not samples, since the end
        remembers where it came from.
        """
        start = encode(pictures, self.reach)
        noised = chain.end(self.process, self.schedule, start, generator)
        return decode(last(self.unfold(network, noised, evaluations, generator)), self.reach)
