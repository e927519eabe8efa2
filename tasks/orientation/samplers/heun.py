r"""The probability flow, backwards in u = √τ by Heun's method.

The flow dθ/dτ = f − ½ s has the same laws as the chain, without noise. A score grows as 1/√τ
towards the picture, and so does the flow; in u,

    dθ/du = 2u f − u s,

it stays bounded, f being the drift of the motion, whose rest is the score's: at rest the flow must
stand still. Heun's corrector averages the slopes of both ends; at u = 0 there is none to ask
for, so the last step is Euler's, which is Tweedie's estimate again. n steps take 2n − 1
evaluations of the score. Unlike the chain, the flow does not forget a wrong start: begin it from
the law that the chain ends in (`tasks.orientation.chains.prior`).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import torch

from tasks.orientation.arms.network import TimedField
from tasks.orientation.circle.phase import Phases
from tasks.orientation.samplers.motion import Motion


@torch.no_grad()
def heun(
    score: TimedField, motion: Motion, times: Sequence[float], start: Phases
) -> Iterator[Phases]:
    """Yield the states from times[-2] down to times[0]."""
    state = start
    for earlier, later in reversed(list(pairwise(times))):
        below, above = earlier**0.5, later**0.5
        slope = _slope(score, motion, state, above)
        guess = motion.home(state + (below - above) * slope)
        if below > 0:
            slope = (slope + _slope(score, motion, guess, below)) / 2
            guess = motion.home(state + (below - above) * slope)
        state = guess
        yield state


def _slope(score: TimedField, motion: Motion, state: Phases, root: float) -> Phases:
    tau = torch.full((len(state),), root * root, dtype=state.dtype, device=state.device)
    return 2 * root * motion.drift(state, tau) - root * score(state, tau)
