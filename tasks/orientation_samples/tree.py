"""The hierarchy of samples: what is decided when.

One way back is followed to 3/4 of the chain; from there several go on, each with noise of its own,
to 1/2, from each of which several go on to 1/4, and likewise to the pictures. What siblings have
in common was decided before they parted (the authors' figure of a hierarchy).
"""

from dataclasses import replace

import torch
from torch import nn

from tasks.orientation.arms.arm import last
from tasks.orientation.arms.network import Score
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.circle.phase import Phases
from tasks.orientation.samplers.ancestral import ancestral

PARTS = 4
"""Parts of the chain; siblings part at the end of each but the last."""


def grow(
    arm: PhaseArm,
    network: nn.Module,
    start: Phases,
    *,
    branches: int,
    evaluations: int,
    generator: torch.Generator,
) -> list[Phases]:
    """Return the states at 3/4, 1/2, 1/4 and the end, `branches` times as many each time; those
    of one parent lie together. `evaluations` is that of one way from the start to a picture.
    """
    chain = replace(arm, sampler="ancestral")
    times, score = list(chain.times(evaluations)), Score(chain.motion.drift, network)
    edges = [round(len(times[1:]) * part / PARTS) for part in range(PARTS + 1)]
    state, levels = start, []
    for part in reversed(range(PARTS)):
        span = times[edges[part] : edges[part + 1] + 1]
        state = last(ancestral(score, arm.motion, span, state, generator, noise=arm.noise))
        levels.append(state)
        state = state.repeat_interleave(branches, 0)
    return levels
