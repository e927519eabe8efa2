r"""The reverse chain: desynchronise, step by step.

Against the step over [τ, τ′], Δ = τ′ − τ,

    θ_τ = W( θ_τ′ − Δ f(θ_τ′) + Δ s(θ_τ′, τ′) + √Δ z ),

f by the current state's own mean fields; the last step, to τ = 0, adds no noise and is Tweedie's
estimate. Any increasing times will do.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch

from tasks.orientation.chain import normal
from tasks.orientation.network import TimedField
from tasks.orientation.phase import Phases
from tasks.orientation.process import Process


@torch.no_grad()
def ancestral(
    score: TimedField,
    process: Process,
    times: Sequence[float],
    start: Phases,
    generator: torch.Generator,
) -> Iterator[Phases]:
    """Yield the states from times[-2] down to times[0]: one evaluation of the score each."""
    state = start
    for earlier, later in reversed(list(pairwise(times))):
        length = later - earlier
        tau = torch.full((len(state),), later, dtype=state.dtype, device=state.device)
        state = state + length * (score(state, tau) - process.drift(state))
        if earlier > times[0]:
            state = state + length**0.5 * normal(state, generator)
        state = process.home(state)
        yield state
