r"""The reverse chain: desynchronise, step by step.

Against the step over [τ, τ′], Δ = τ′ − τ, with the score s = 2f + e, whose excess e over the rest
2f is what the network adds,

    θ_τ = W( θ_τ′ + Δ (f⁻(θ_τ′) + e(θ_τ′, τ′)) + √v z ),

f⁻ the drift of steps back, by the state's own mean fields (`tasks.orientation.samplers.motion`);
for short steps f⁻ = f, and the bracket is s − f, the paper's. A drift costs nothing beside a
network, so that a long step is made of parts of at most `LONGEST`, through which e is held:
however few the steps, what is at rest stays at rest.

Two choices of the noise are right in the limit of short steps, each for long ones at one extreme:
v = Δ (`step`, the paper's) where the law is wide beside √τ′, and

    v = Δ g(τ) / g(τ′),      g(τ) = 1 − e^(−τ)      (`bridge`)

where it is narrow: near the picture that is the variance of a Brownian bridge to it, Δ τ/τ′, and
far away it is Δ (Ho et al. 2020, arXiv:2006.11239, section 3.2). The last step, to τ = 0, adds no
noise in either case and is Tweedie's estimate. Any increasing times will do, those of a part of
the way, too.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch

from tasks.orientation.arms.network import TimedField
from tasks.orientation.chains.chain import normal
from tasks.orientation.choices import Noise
from tasks.orientation.circle.phase import Phases
from tasks.orientation.samplers.motion import Motion

LONGEST = 0.2


@torch.no_grad()
def ancestral(
    score: TimedField,
    motion: Motion,
    times: Sequence[float],
    start: Phases,
    generator: torch.Generator,
    *,
    noise: Noise = "step",
) -> Iterator[Phases]:
    """Yield the states from times[-2] down to times[0]: one evaluation of the score each."""
    state = start
    for earlier, later in reversed(list(pairwise(times))):
        tau = torch.full((len(state),), later, dtype=state.dtype, device=state.device)
        excess = score(state, tau) - 2 * motion.drift(state, tau)
        parts = math.ceil((later - earlier) / LONGEST - 1e-9)
        length = (later - earlier) / parts
        kept = _kept(earlier, later) if noise == "bridge" else 1.0
        for _ in range(parts):
            state = state + length * (motion.back(state, tau, length) + excess)
            if earlier > 0:
                state = state + (length * kept) ** 0.5 * normal(state, generator)
        state = motion.home(state)
        yield state


def _kept(earlier: float, later: float) -> float:
    return math.expm1(-earlier) / math.expm1(-later)
