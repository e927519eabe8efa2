r"""Ways back: which sampler, and at which times it stands.

The chain back corrects what went wrong and draws clean lines, but its pictures are pale, the more
so the longer its steps; the flow keeps contrast and needs few steps, but a phase that came down on
the wrong side of the seam stays there, a speck. `mixed` takes each where it is good: the flow from
the noise to τ = 1, where noise and picture are of a size and the layout stands, and the chain from
there on. The flow has three tenths of the evaluations, and each part is even in angle.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import torch

from tasks.orientation.arms.network import TimedField
from tasks.orientation.chains.schedule import Schedule, even, thinned
from tasks.orientation.choices import Noise, Sampler
from tasks.orientation.circle.phase import Phases
from tasks.orientation.samplers.ancestral import ancestral
from tasks.orientation.samplers.heun import heun
from tasks.orientation.samplers.motion import Motion

TURN = 1.0
"""τ at which the chain takes over from the flow."""
SHARE = 0.3
"""Of the evaluations, that the flow takes until then; two a step."""


def even_times(sampler: Sampler, schedule: Schedule, evaluations: int) -> list[float]:
    """Return the times that use up `evaluations` (≥ 1) of the score: 0, and from the schedule's
    first on, nothing shorter having been trained, times even in angle to its end.
    """
    least, end = float(schedule.times[1]), schedule.end
    flowing = round(SHARE * evaluations / 2) if sampler == "mixed" and end > TURN else 0
    if flowing:
        above = even(flowing, TURN, end)[1:]
        return [0.0, *even(evaluations - 2 * flowing - 1, least, TURN), *above]
    steps = _steps(sampler, evaluations)
    return [0.0, *(even(steps - 1, least, end) if steps > 1 else [end])]


def own_times(sampler: Sampler, schedule: Schedule, evaluations: int) -> list[float]:
    """Return times of the schedule itself, as evenly chosen as it goes; `mixed` has none."""
    return thinned(schedule, _steps(sampler, evaluations)).tolist()


def follow(
    score: TimedField,
    motion: Motion,
    times: Sequence[float],
    start: Phases,
    generator: torch.Generator,
    *,
    sampler: Sampler,
    noise: Noise,
) -> Iterator[Phases]:
    """Yield the states from times[-2] down to times[0]; `noise` is the chain's."""
    flows = {"ancestral": len(times) - 1, "heun": 0, "mixed": _turn(times)}[sampler]
    state = start
    for state in heun(score, motion, times[flows:], start):
        yield state
    yield from ancestral(score, motion, times[: flows + 1], state, generator, noise=noise)


def _steps(sampler: Sampler, evaluations: int) -> int:
    return (evaluations + 1) // 2 if sampler == "heun" else evaluations


def _turn(times: Sequence[float]) -> int:
    """Return the place of the first time at or after the turn, the last one at most."""
    return min(bisect_left(times, TURN), len(times) - 1)
