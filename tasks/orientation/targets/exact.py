r"""The exact target of uncoupled phases: the score given the picture.

Without coupling a phase is a diffusion of its own, and a byte starts in one of 256 places v. So
the law of the chain after k steps is a table, by Chapman and Kolmogorov,

    pₖ₊₁(θ | v) = ∫ q(θ | θ′; Δτₖ) pₖ(θ′ | v) dθ′,      p₁ = q(θ | v; Δτ₀),

whose integrals over the circle the trapezoid takes with spectral accuracy, and whose derivative
falls out of ∂q. The target is ∂ log pₖ(θₖ | θ₀), linear between the nodes. Far out, where p
vanishes beside its peak and no sample falls, the Gaussian of the linearised chain stands in:

    mₖ₊₁ = mₖ + Δτ f(mₖ),      vₖ₊₁ = (1 + Δτ f′(mₖ))² vₖ + Δτ,      −W(θ − m) / v.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor

from tasks.orientation.chains.alone import Alone
from tasks.orientation.chains.chain import visit
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle import kernel
from tasks.orientation.circle.phase import LEVELS, Phases, encode, wrap
from tasks.orientation.targets.target import Examples

NODES = 512
FAINT = 1e-7
"""Share of the peak below which the linearised chain stands in for the table."""


@dataclass(frozen=True)
class Exact:
    """One example a picture whose phases were encoded from bytes with `reach` ρ."""

    reach: Annotated[float, Field(gt=0, le=1)]

    def __call__(
        self,
        process: PhaseProcess,
        schedule: Schedule,
        start: Phases,
        steps: Int[Tensor, " picture"],
        generator: torch.Generator,
    ) -> Examples:
        """Return the examples.

        Raises:
            ValueError: the oscillators are coupled.
        """
        table = scores(process, schedule, self.reach).to(start.device)
        state = visit(process, schedule, start, steps, generator).state
        level = (start / (self.reach * math.pi) + 1) * ((LEVELS - 1) / 2)
        rows = (steps.to(start.device) - 1)[:, None, None, None], level.round().long()
        return Examples(state, steps, look_up(table, rows, state).to(state.dtype))


def look_up(
    table: Float[Tensor, "step value node"], rows: tuple[Tensor, Tensor], state: Phases
) -> Phases:
    """Return the entries of (step, value) at the phases, linear between the nodes."""
    nodes = table.shape[-1]
    place = (wrap(state) + math.pi) * (nodes / (2 * math.pi))
    below = place.floor().long().clamp_max(nodes - 1)
    share = place - below
    return table[*rows, below] * (1 - share) + table[*rows, (below + 1) % nodes] * share


@lru_cache(maxsize=2)
def scores(
    process: PhaseProcess, schedule: Schedule, reach: float
) -> Float[Tensor, "step value node"]:
    """Return ∂ log pₖ(θ | v), k = 1 … T, of the 256 bytes at 512 phases from −π on: half a
    megabyte a step.
    """
    values = encode(torch.arange(LEVELS, dtype=torch.uint8), reach).double()
    return table(process, schedule, values)


def table(
    process: PhaseProcess, schedule: Schedule, values: Float[Tensor, " value"]
) -> Float[Tensor, "step value node"]:
    """Return ∂ log pₖ(θ | v), k = 1 … T, for any starting phases (double precision).

    Raises:
        ValueError: the oscillators are coupled.
    """
    if not isinstance(process.coupling, Alone):
        raise ValueError(f"target is exact; it needs uncoupled phases, not {process.coupling}")
    nodes = 2 * math.pi / NODES * torch.arange(NODES, dtype=torch.float64) - math.pi
    law, mean, spread = None, values, torch.zeros_like(values)
    rows = []
    for length in map(float, schedule.lengths):
        origin = values if law is None else nodes
        step = nodes - origin[:, None] - length * _pull(process, origin)[:, None]
        heights = kernel.density(step, length)
        slopes = heights * kernel.score(step, length)
        weight = torch.eye(len(values), dtype=torch.float64) if law is None else law
        law, slope = weight @ heights, weight @ slopes
        law, slope = (each / law.sum(1, keepdim=True) for each in (law, slope))
        tangent = 1 - length * process.ratio * process.pull * torch.cos(mean)
        mean, spread = mean + length * _pull(process, mean), tangent**2 * spread + length
        far = -wrap(nodes - mean[:, None]) / spread[:, None]
        faint = law < FAINT * law.amax(1, keepdim=True)
        rows.append(torch.where(faint, far, slope / law.clamp_min(1e-300)).float())
    return torch.stack(rows)


def _pull(process: PhaseProcess, angle: Tensor) -> Tensor:
    return -process.ratio * process.pull * torch.sin(angle)
