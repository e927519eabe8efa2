"""Which sampler stands where: evaluations, times and the turn from the flow to the chain."""

import math

import numpy as np
import pytest
import torch

from tasks.core.errors import InputError
from tasks.orientation.arms.recipe import OURS
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle import line
from tasks.orientation.samplers.motion import FreeMotion
from tasks.orientation.samplers.ways import TURN, even_times, follow, own_times

LONG, SHORT = Schedule(100, 10.0, 1e-3), Schedule(100, 0.5, 1e-3)
STILL = FreeMotion(PhaseProcess(0.0, 0.0, OURS.arm().process.coupling))


def walked(sampler, times, *, seed=0, noise="bridge"):
    """Return the times at which the score was asked for, and the states."""
    asked = []

    def score(state, tau):
        asked.append(float(tau[0]))
        return 0 * state

    start = torch.full((2, 1, 4, 4), 0.5)
    generator = torch.Generator().manual_seed(seed)
    states = follow(score, STILL, times, start, generator, sampler=sampler, noise=noise)
    return asked, list(states)


@pytest.mark.parametrize("schedule", [LONG, SHORT])
@pytest.mark.parametrize("evaluations", [1, 2, 3, 4, 5, 19, 20, 100])
@pytest.mark.parametrize("sampler", ["ancestral", "mixed"])
def test_all_evaluations_are_used_up_from_the_end_down(sampler, evaluations, schedule):
    times = even_times(sampler, schedule, evaluations)
    assert (times[0], times[-1]) == (0.0, schedule.end)
    assert np.all(np.diff(times) > 0)
    asked, states = walked(sampler, times)
    assert (len(asked), len(states)) == (evaluations, len(times) - 1)
    assert asked[0] == pytest.approx(schedule.end)
    assert min(asked) > 0


@pytest.mark.parametrize("evaluations", [1, 3, 19, 99])
def test_the_flow_takes_an_odd_number(evaluations):
    for count in (evaluations, evaluations + 1):
        asked, _ = walked("heun", even_times("heun", LONG, count))
        assert len(asked) == evaluations


def test_the_mixed_way_turns_from_the_flow_to_the_chain():
    times = even_times("mixed", LONG, 20)
    turn = times.index(TURN)
    assert len(times) - 1 - turn == 3
    angles = line.angle(np.array(times))
    for part in (angles[1 : turn + 1], angles[turn:]):
        np.testing.assert_allclose(np.diff(part), np.diff(part).mean(), rtol=1e-9)
    assert times[1] == LONG.times[1]
    (_, first), (_, second) = (walked("mixed", times, seed=seed) for seed in (0, 1))
    same = [torch.equal(*pair) for pair in zip(first, second, strict=True)]
    assert same == [True] * 3 + [False] * turn


@pytest.mark.parametrize("sampler", ["ancestral", "heun", "mixed"])
def test_every_way_finds_the_only_picture(sampler):
    """Where the score given the picture is the score: pictures of one phase, without drift."""
    generator = torch.Generator().manual_seed(0)
    start = 0.3 + math.sqrt(4.0) * torch.randn((2000, 1, 1, 1), generator=generator)
    times = even_times(sampler, Schedule(100, 4.0, 1e-4), 40)

    def score(state, tau):
        return (0.3 - state) / tau[:, None, None, None]

    class Line(FreeMotion):
        def home(self, state):
            return state

    motion = Line(STILL.process)
    for state in follow(score, motion, times, start, generator, sampler=sampler, noise="bridge"):
        assert float(state.mean()) == pytest.approx(0.3, abs=0.15)
    assert float((state - 0.3).abs().max()) < 0.02


def test_the_schedules_own_times_are_the_papers():
    paper = Schedule(100, 5.005, 1e-3)
    assert own_times("ancestral", paper, 100) == paper.times.tolist()
    assert len(own_times("heun", paper, 99)) == 51
    with pytest.raises(InputError, match="grid: schedule has no times for the sampler mixed"):
        OURS.model_copy(update={"grid": "schedule"}).arm()
