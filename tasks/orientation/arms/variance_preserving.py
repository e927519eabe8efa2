"""The isotropic arm nearest to the phases: the same clock, visits, loss, preconditioning and
samplers, on the line instead of the circle.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Draw, Pictures, last, place
from tasks.orientation.arms.network import LineNetwork, Score
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.choices import Noise, Sampler, Visits, Weighting
from tasks.orientation.circle.line import LineMotion, levels
from tasks.orientation.circle.phase import to_bytes, to_values
from tasks.orientation.samplers.ways import even_times, follow
from tasks.orientation.targets.matching import matching_loss
from tasks.orientation.targets.target import Examples
from tasks.orientation.targets.visits import draw_steps
from tasks.orientation.targets.weighting import weights


@dataclass(frozen=True)
class VariancePreserving:
    """Score matching on values in [−1, 1], by the exact score given the picture."""

    schedule: Schedule
    weighting: Weighting
    visits: Visits
    sampler: Sampler
    noise: Noise

    def build(self, size: Size, channels: int, conditions: int = 0) -> LineNetwork:
        """Return an untrained network, which samples N(0, 1)."""
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
        return matching_loss(Score(LineMotion().drift, network), examples, tau, weight)

    def sample(self, network: nn.Module, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures that begin in N(0, 1)."""
        motion = LineMotion()
        start = normal(torch.empty(wanted.shape, device=place(network)), generator)
        score = Score(motion.drift, network)
        times = even_times(self.sampler, self.schedule, wanted.evaluations)
        states = follow(
            score, motion, times, start, generator, sampler=self.sampler, noise=self.noise
        )
        return to_bytes(last(states))
