"""Which steps a training visits."""

import torch
from jaxtyping import Int
from torch import Tensor

from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.choices import Visits
from tasks.orientation.circle.line import informative

EVEN = 0.15
"""Share of the informative law that is uniform, so that no step is left out."""


def draw_steps(
    kind: Visits, schedule: Schedule, count: int, generator: torch.Generator
) -> Int[Tensor, " picture"]:
    """Return numbers of steps, 1 … T: uniform, or mostly where noise and signal are of a size:
    log(noise/signal) ~ N(0, 1) by the clock of the line.
    """
    even = torch.randint(1, schedule.steps + 1, (count,), generator=generator)
    if kind == "uniform":
        return even
    tau = informative(torch.randn(count, generator=generator, dtype=torch.float64))
    near = torch.searchsorted(torch.as_tensor(schedule.times), tau).clamp(1, schedule.steps)
    keep = torch.rand(count, generator=generator) < EVEN
    return torch.where(keep, even, near)
