r"""The probability flow, backwards in the angle u by Heun's method.

The flow dθ/dτ = f − ½ s has the same laws as the chain, without noise. A score grows as 1/√τ
towards the picture, and so does the flow; in u, cos u = e^(−τ/2)
(`tasks.orientation.circle.line`),

    dθ/du = tan u (2f − s) = −n(θ, τ),

it is no more than what the network adds to rest (`tasks.orientation.arms.network`), of one size
all the way. f is the drift of the motion, whose rest is the score's: at rest the flow must stand
still. Heun's corrector averages the slopes of both ends; at u = 0 there is none to ask for, so the
last step is Euler's, which is Tweedie's estimate again. In single precision the difference keeps
three digits up to τ = 20, after which nothing is left of a picture. n steps take 2n − 1
evaluations of the score. Unlike the chain, the flow does not forget a wrong start: begin it from
the law that the chain ends in (`tasks.orientation.chains.prior`).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch

from tasks.orientation.arms.network import TimedField
from tasks.orientation.circle.line import angle
from tasks.orientation.circle.phase import Phases
from tasks.orientation.samplers.motion import Motion


@torch.no_grad()
def heun(
    score: TimedField, motion: Motion, times: Sequence[float], start: Phases
) -> Iterator[Phases]:
    """Yield the states from times[-2] down to times[0]."""
    state = start
    for earlier, later in reversed(list(pairwise(times))):
        below, above = angle(np.array([earlier, later])).tolist()
        slope = _slope(score, motion, state, above)
        guess = motion.home(state + (below - above) * slope)
        if below > 0:
            slope = (slope + _slope(score, motion, guess, below)) / 2
            guess = motion.home(state + (below - above) * slope)
        state = guess
        yield state


def _slope(score: TimedField, motion: Motion, state: Phases, place: float) -> Phases:
    time = -2 * math.log(math.cos(place))
    tau = torch.full((len(state),), time, dtype=state.dtype, device=state.device)
    return math.tan(place) * (2 * motion.drift(state, tau) - score(state, tau))
