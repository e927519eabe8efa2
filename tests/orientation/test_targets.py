"""The three targets: on one phase, whose score is known, and coupled, by Stein's identity."""

import math
from functools import cache

import numpy as np
import pytest
import torch

from tasks.orientation.chains.angle_blur import AngleBlur
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import encode
from tasks.orientation.targets import exact, weighting
from tasks.orientation.targets.exact import Exact
from tasks.orientation.targets.one_step import OneStep
from tasks.orientation.targets.shift import Shift
from tests.orientation import angles

REACH, COUNT = 0.9, 200_000
LONG = Schedule(100, 10.0, 1e-3)
T100 = Schedule(100, 5.005, 1e-3)
COUPLED = PhaseProcess(0.3, 1.5, Everywhere())
ALONE = COUPLED.uncoupled()
TARGETS = {"one_step": OneStep(20), "shift": Shift(0.5), "exact": Exact(REACH)}


def bytes_of_clusters(count, seed=0):
    rng = np.random.default_rng(seed)
    middles = np.where(rng.random(count) < 0.5, 2.2, -2.2)
    values = (rng.normal(middles, 0.15) / (REACH * math.pi) + 1) * 127.5
    return torch.from_numpy(np.clip(np.rint(values), 0, 255).astype(np.uint8))


@cache
def law(steps):
    """Return the modes of the chain that begins in the bytes drawn above, after `steps`."""
    counts = torch.bincount(bytes_of_clusters(COUNT).long(), minlength=256).numpy() / COUNT
    places = encode(torch.arange(256, dtype=torch.uint8), REACH).double().numpy()
    pull = ALONE.ratio * ALONE.pull
    return angles.euler(angles.of_points(places, counts), pull, T100.lengths[:steps])


@cache
def examples(name, steps):
    start = encode(bytes_of_clusters(COUNT), REACH).reshape(-1, 1, 1, 1)
    numbers = torch.full((COUNT,), steps)
    generator = torch.Generator().manual_seed(steps)
    found = TARGETS[name](ALONE, T100, start, numbers, generator)
    return found.state.flatten().double().numpy(), found.score.flatten().double().numpy()


@pytest.mark.parametrize("steps", [20, 50, 90])
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_the_score_on_average(name, steps):
    state, target = examples(name, steps)
    true = np.interp(state, angles.GRID, angles.score(law(steps)))
    assert (target * true).mean() / (true**2).mean() == pytest.approx(1, abs=0.02)
    crooked = np.sin(2 * state) + np.cos(state)  # and along other directions
    error = (target - true) * crooked
    assert abs(error.mean()) < 3.5 * error.std() / math.sqrt(COUNT)


def test_the_better_targets_have_far_less_noise():
    for steps, most in ((20, 1 / 8), (50, 1 / 25)):
        energy = {name: (examples(name, steps)[1] ** 2).mean() for name in TARGETS}
        assert energy["exact"] <= most * energy["one_step"]
        assert energy["exact"] <= energy["shift"] <= 1.5 * energy["exact"]


def test_the_table_is_the_score_of_fourier_series():
    schedule = Schedule(60, 10.0, 1e-3)
    starts = torch.tensor([-2.0, 0.3, 1.4], dtype=torch.float64)
    table = exact.table(ALONE, schedule, starts)
    nodes = np.linspace(-np.pi, np.pi, exact.NODES, endpoint=False)
    pull = ALONE.ratio * ALONE.pull
    for row, start in enumerate(starts.numpy()):
        for steps in (15, 30, 60):
            modes = angles.euler(angles.of_points([start]), pull, schedule.lengths[:steps])
            heights = np.interp(nodes, angles.GRID, angles.density(modes))
            likely = heights > 1e-5 * heights.max()
            expected = np.interp(nodes, angles.GRID, angles.score(modes))
            found = table[steps - 1, row].numpy()
            error = (found - expected)[likely] * math.sqrt(schedule.times[steps])
            assert np.abs(error).max() < 1e-3


@pytest.mark.parametrize("coupling", [Everywhere(), Nearby(1, "periodic"), Nearby(1, "open")])
def test_the_shift_target_obeys_steins_identity_under_strong_coupling(coupling):
    process, schedule = PhaseProcess(1.5, 0.5, coupling), Schedule(12, 2.0, 0.1)
    count = 60_000
    start = torch.linspace(-2, 2, 9).reshape(1, 1, 3, 3).expand(count, -1, -1, -1)
    generator = torch.Generator().manual_seed(11)
    found = Shift(0.5)(process, schedule, start, torch.full((count,), 12), generator)
    state = found.state.double().flatten(1).requires_grad_()
    tests = [
        torch.sin(state[:, 0]),
        torch.cos(state[:, 4] - state[:, 0]),
        torch.sin(state[:, 4] + 2 * state[:, 8]),
        torch.cos(state).mean(1) ** 2,
        torch.sin(state[:, 3] - state[:, 5]) * torch.cos(state[:, 1]),
    ]
    for test in tests:
        slope = torch.autograd.grad(test.sum(), state, retain_graph=True)[0]
        both = slope + test.detach()[:, None] * found.score.double().flatten(1)
        error = both.mean(0).abs() / (both.std(0) / math.sqrt(count))
        assert float(error.max()) < 4


def test_one_draw_and_five_have_the_same_mean_gradient():
    start = encode(bytes_of_clusters(4000, seed=3), REACH).reshape(-1, 1, 2, 2)
    process = PhaseProcess(0.3, 1.5, Everywhere())
    found = {}
    for draws in (1, 5):
        generator = torch.Generator().manual_seed(draws)
        steps = torch.randint(1, 101, (len(start),), generator=generator)
        made = OneStep(draws)(process, T100, start, steps, generator)
        weight = weighting.weights("sigma2", T100, made.steps)[:, None, None, None]
        error = weight * (0.7 * torch.sin(made.state) - made.score) * torch.sin(made.state)
        each = error.mean((1, 2, 3)).reshape(len(start), draws).mean(1).double()
        found[draws] = float(each.mean()), float(each.var() / len(each))
    apart = abs(found[1][0] - found[5][0])
    assert apart < 3 * math.sqrt(found[1][1] + found[5][1])
    assert found[5][1] < found[1][1]


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_changes_none_of_its_inputs(name):
    start = encode(bytes_of_clusters(16), REACH).reshape(4, 1, 2, 2)
    steps = torch.tensor([100, 1, 7, 7])
    copies = start.clone(), steps.clone()
    made = TARGETS[name](ALONE, T100, start, steps, torch.Generator().manual_seed(0))
    again = TARGETS[name](ALONE, T100, start, steps, torch.Generator().manual_seed(0))
    assert torch.equal(start, copies[0])
    assert torch.equal(steps, copies[1])
    assert torch.equal(made.score, again.score)
    assert torch.equal(made.state, again.state)
    assert torch.isfinite(made.score).all()


def test_targets_refuse_processes_for_which_they_are_wrong():
    start, steps = torch.zeros(1, 1, 5, 5), torch.ones(1, dtype=torch.int64)
    with pytest.raises(ValueError, match="uncoupled"):
        Exact(0.9)(COUPLED, T100, start, steps, torch.Generator())
    with pytest.raises(ValueError, match="linear"):
        Shift(0.5)(PhaseProcess(0.3, 1.0, AngleBlur(1)), T100, start, steps, torch.Generator())


def test_weights_are_those_of_the_papers_schedule():
    variances = np.linspace(1e-4, 0.1, 100)
    steps = torch.tensor([1, 50, 99, 100])
    even = weighting.weights("sigma2", T100, steps).numpy()
    np.testing.assert_allclose(even, variances[[0, 49, 98, 99]], rtol=1e-5)
    official = weighting.weights("official", T100, steps).numpy()
    np.testing.assert_allclose(official, (variances[[1, 50, 99, 99]] / 2) ** 2, rtol=1e-5)
    unit = weighting.weights("unit", T100, steps).numpy()
    np.testing.assert_allclose(
        unit, np.minimum(np.cumsum(variances), 2)[[0, 49, 98, 99]], rtol=1e-5
    )


def test_velocity_weighs_an_error_as_flow_matching_does():
    steps = torch.arange(1, 101)
    tau = np.minimum(LONG.times[1:], weighting.LAST)
    sigma = np.sqrt(np.expm1(tau)) / (1 + np.sqrt(np.expm1(tau)))  # the clock of flow matching
    size = weighting.weights("unit", LONG, steps).numpy()
    found = weighting.weights("velocity", LONG, steps).numpy()
    np.testing.assert_allclose(found, size / (1 - sigma) ** 2, rtol=1e-4)
