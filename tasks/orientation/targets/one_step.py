r"""The paper's target: the score of the chain's last step.

    target = ∇ log q(θₖ | θₖ₋₁),      q the wrapped Gaussian around θₖ₋₁ + Δτ f(θₖ₋₁).

With d = W(σ w), w the noise of that step, it is about −w/σ: the mean is wanted, and the shorter
the step, the more it drowns. Over a chain of a hundred steps the target carries 5 to 80 times the
energy of the score given the picture. `draws` samples of the last step share one chain (5 in the
released recipe; more states for the same work come from 1).
"""

from dataclasses import dataclass
from typing import Annotated

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor

from tasks.orientation.chains.chain import normal, visit
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle import kernel
from tasks.orientation.circle.phase import Phases
from tasks.orientation.targets.target import Examples


@dataclass(frozen=True)
class OneStep:
    """`draws` examples a picture, all from one state before."""

    draws: Annotated[int, Field(ge=1)]

    def __call__(
        self,
        process: PhaseProcess,
        schedule: Schedule,
        start: Phases,
        steps: Int[Tensor, " picture"],
        generator: torch.Generator,
    ) -> Examples:
        """Return `draws` times as many examples as pictures, picture by picture."""
        before = visit(process, schedule, start, steps - 1, generator).state
        lengths = torch.as_tensor(schedule.lengths)[steps - 1].to(before)[:, None, None, None]
        middle = before + lengths * process.drift(before)
        middle, lengths = (each.repeat_interleave(self.draws, 0) for each in (middle, lengths))
        moved = lengths.sqrt() * normal(middle, generator)
        return Examples(
            process.home(middle + moved),
            steps.repeat_interleave(self.draws),
            kernel.score(moved, lengths),
        )
