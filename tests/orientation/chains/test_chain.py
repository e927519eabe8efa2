import math

import pytest
import torch

from tasks.orientation.chains import chain, prior
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.chains.process import PhaseProcess, step
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import wrap

T100, T300 = Schedule(100, 5.005, 1e-3), Schedule(300, 10.515, 1 / 700)
GLOBAL = PhaseProcess(0.3, 1.5, Everywhere())
SHAPE = (64, 1, 32, 32)


def starts(kind, seed=0):
    if kind == "white":
        return torch.full(SHAPE, 0.9 * math.pi)
    generator = torch.Generator().manual_seed(seed)
    return math.pi * (2 * torch.rand(SHAPE, generator=generator) - 1)


def means(state):
    return torch.complex(torch.cos(state), torch.sin(state)).mean((1, 2, 3))


def test_the_papers_chain_ends_short_of_its_prior():
    generator = torch.Generator().manual_seed(1)
    uniform = means(chain.end(GLOBAL, T100, starts("uniform"), generator))
    white = means(chain.end(GLOBAL, T100, starts("white"), generator))
    assert float(uniform.abs().mean()) == pytest.approx(0.458, abs=0.012)
    assert float(white.abs().mean()) == pytest.approx(0.341, abs=0.015)
    assert float(white.mean().angle()) == pytest.approx(0.15, abs=0.03)
    assert GLOBAL.stationary()[1] - float(uniform.abs().mean()) > 0.04


@pytest.mark.parametrize(("kind", "expected"), [("uniform", 0.482), ("white", 0.474)])
def test_a_longer_chain_comes_to_rest(kind, expected):
    process = PhaseProcess(2 / 7, 1.5, Everywhere())
    state = chain.end(process, T300, starts(kind), torch.Generator().manual_seed(2))
    assert float(means(state).abs().mean()) == pytest.approx(expected, abs=0.012)
    assert prior.distance(process, state.double().numpy()) <= 0.015


def apart(first, second):
    """Return the largest angle between phases; whole turns and rounding are none."""
    return float(wrap(first - second).abs().max())


def masked(process, schedule, start, steps, generator):
    """Return what `visit` returns, by the plain loop over a mask."""
    state = start.clone()
    for number in range(int(steps.max())):
        moving = (steps > number)[:, None, None, None]
        noise = torch.randn(state.shape, generator=generator)
        moved = step(process, state, float(schedule.lengths[number]), noise)
        state = torch.where(moving, moved, state)
    return state


def test_the_prefix_chain_agrees_with_the_masked_chain():
    start = starts("uniform")[:1].expand(300, 1, 32, 32) * 0.3
    steps = torch.tensor([10, 50, 100]).repeat(100)
    found = [
        means(kind(torch.Generator().manual_seed(seed)))
        for seed, kind in (
            (1, lambda g: chain.visit(GLOBAL, T100, start, steps, g).state),
            (2, lambda g: masked(GLOBAL, T100, start, steps, g)),
        )
    ]
    for offset in range(3):
        here, there = (values[offset::3].abs() for values in found)
        error = math.sqrt((float(here.var()) + float(there.var())) / 100)
        assert abs(float(here.mean() - there.mean())) < 3 * error


def test_equal_steps_are_the_chain_itself_and_no_step_is_the_start():
    process = PhaseProcess(0.3, 1.0, Nearby(2, "open"))
    start = starts("uniform")[:4]
    whole = torch.full((4,), 100)
    visited = chain.visit(process, T100, start, whole, torch.Generator().manual_seed(5))
    ended = chain.end(process, T100, start, torch.Generator().manual_seed(5))
    assert apart(visited.state, ended) < 1e-4
    assert float(visited.state.abs().max()) <= math.pi
    none = chain.visit(process, T100, start, 0 * whole, torch.Generator())
    assert apart(none.state, start) < 1e-6


def test_a_chain_leaves_its_start_as_it_is_and_repeats_itself():
    start = starts("uniform")[:6]
    copy, steps = start.clone(), torch.tensor([3, 9, 0, 9, 1, 4])
    runs = [
        chain.visit(GLOBAL, T100, start, steps, torch.Generator().manual_seed(7)).state
        for _ in range(2)
    ]
    chain.end(GLOBAL, T100, start, torch.Generator().manual_seed(7))
    assert torch.equal(start, copy)
    assert torch.equal(*runs)
    assert apart(runs[0][2], start[2]) < 1e-6
