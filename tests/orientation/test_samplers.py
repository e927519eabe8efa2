"""Both samplers with the exact score of one phase, and with the score of the law at rest."""

from functools import cache

import numpy as np
import pytest
import torch

from tasks.orientation.arms.arm import last
from tasks.orientation.chains import prior
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.chains.process import PhaseProcess
from tasks.orientation.chains.schedule import Schedule, even
from tasks.orientation.samplers.ancestral import ancestral
from tasks.orientation.samplers.heun import heun
from tasks.orientation.samplers.motion import ChainMotion, FreeMotion
from tests.orientation import angles

END, LEAST = 5.005, 5e-4
PROCESS = PhaseProcess(0.3, 1.5, Everywhere()).uncoupled()
CLUSTERS = angles.of_clusters([2.2, -2.2], 0.15)


@cache
def after(tau):
    return angles.flowed(CLUSTERS, PROCESS.ratio * PROCESS.pull, tau)


@cache
def table(tau):
    return torch.from_numpy(angles.score(after(tau))).float()


def exact_score(state, tau):
    """Return the score of two clusters, linear between the nodes of a grid."""
    values = table(float(tau[0]))
    place = (state + np.pi) * ((len(values) - 1) / (2 * np.pi))
    below = place.long().clamp(0, len(values) - 2)
    return torch.lerp(values[below], values[below + 1], place - below)


def times(steps, least=LEAST):
    return [0.0, *(even(steps - 1, least, END) if steps > 1 else [END])]


def begun(modes, count=8192):
    start = torch.from_numpy(angles.quantiles(modes, count)).float()
    return start.reshape(-1, 1, 1, 1)


def flow_error(steps, start):
    found = last(heun(exact_score, FreeMotion(PROCESS), times(steps), start))
    return angles.distance(found.numpy().ravel(), CLUSTERS)


def chain_error(steps, start, seed):
    generator = torch.Generator().manual_seed(seed)
    edges = times(steps, END / steps**2)
    found = last(ancestral(exact_score, FreeMotion(PROCESS), edges, start, generator))
    return angles.distance(found.numpy().ravel(), CLUSTERS)


@pytest.mark.parametrize(("steps", "most"), [(96, 0.008), (50, 0.015)])
def test_the_reverse_chain_finds_two_clusters(steps, most):
    start = prior.at_rest(PROCESS).draw((200_000, 1, 1, 1), torch.Generator().manual_seed(9))
    assert chain_error(steps, start, seed=0) <= most


def test_the_flow_finds_two_clusters_in_few_steps_from_the_chains_own_law():
    assert flow_error(25, begun(after(END))) <= 0.012


def test_the_flow_does_not_forget_a_wrong_start_and_the_chain_does():
    wrong = begun(after(END), 40_000) * 0.5  # too narrow a law
    right = flow_error(50, begun(after(END)))
    assert right < 0.008
    assert flow_error(50, wrong) > 5 * chain_error(50, wrong, seed=1)


def test_more_steps_of_the_flow_are_nearer():
    errors = [flow_error(steps, begun(after(END))) for steps in (5, 10, 20)]
    assert errors[0] > 2 * errors[1] > 2 * errors[2]


@pytest.mark.parametrize("steps", [2, 3, 8])
def test_the_bridges_noise_is_exact_for_a_single_picture(steps):
    still, count = PhaseProcess(0.0, 0.0, Everywhere()), 100_000
    generator = torch.Generator().manual_seed(4)
    start = 0.03 * torch.randn((count, 1, 1, 1), generator=generator)
    edges = [0.0, *even(steps - 1, 1e-6, 9e-4)]

    def score(state, tau):
        return -state / tau[:, None, None, None]

    states = list(ancestral(score, FreeMotion(still), edges, start, generator, noise="bridge"))
    for state, tau in zip(states, reversed(edges[:-1]), strict=True):
        assert float(state.var()) == pytest.approx(tau, rel=0.02, abs=1e-12)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_evaluations_of_the_score_are_counted_as_documented(steps):
    calls = []

    def score(state, tau):
        calls.append(float(tau[0]))
        return 0 * state

    start = torch.zeros(1, 1, 4, 4)
    deque = list(ancestral(score, FreeMotion(PROCESS), times(steps), start, torch.Generator()))
    assert len(deque) == len(calls) == steps
    calls.clear()
    assert len(list(heun(score, FreeMotion(PROCESS), times(steps), start))) == steps
    assert len(calls) == 2 * steps - 1
    assert min(calls) > 0


@pytest.mark.parametrize(
    ("coupling", "near"), [(Everywhere(), 0.02), (Nearby(5, "periodic"), 0.03)], ids=str
)
def test_the_score_at_rest_holds_the_law_at_rest(coupling, near):
    process = PhaseProcess(0.3, 1.5, coupling)
    generator = torch.Generator().manual_seed(1)
    start = prior.at_rest(process).draw((64, 1, 32, 32), generator)
    edges = Schedule(100, END, 1e-3).times.tolist()

    def score(state, _):
        return 2 * process.drift(state)

    for states in (
        ancestral(score, FreeMotion(process), edges, start, generator),
        heun(score, FreeMotion(process), times(12), start),
    ):
        state = last(states)
        lengths = torch.hypot(torch.cos(state).mean((1, 2, 3)), torch.sin(state).mean((1, 2, 3)))
        assert float(lengths.mean()) == pytest.approx(process.stationary()[1], abs=near)


def test_samplers_leave_their_start_as_it_is_and_repeat_themselves():
    process = PhaseProcess(0.3, 1.5, Everywhere())
    start = prior.at_rest(process).draw((2, 1, 8, 8), torch.Generator().manual_seed(0))
    copy = start.clone()

    def score(state, _):
        return 2 * process.drift(state)

    runs = [
        list(
            ancestral(
                score, FreeMotion(process), times(8), start, torch.Generator().manual_seed(2)
            )
        )
        for _ in range(2)
    ]
    flows = [list(heun(score, FreeMotion(process), times(8), start)) for _ in range(2)]
    for first, second in (*zip(*runs, strict=True), *zip(*flows, strict=True)):
        assert torch.equal(first, second)
        assert float(first.abs().max()) <= np.pi
    assert torch.equal(start, copy)


def test_the_last_step_of_the_chain_adds_no_noise():
    process = PhaseProcess(0.3, 1.5, Everywhere())
    start = torch.linspace(-1, 1, 16).reshape(1, 1, 4, 4)

    def score(state, _):
        return 0 * state

    found = [
        last(
            ancestral(
                score, FreeMotion(process), [0.0, 0.1], start, torch.Generator().manual_seed(seed)
            )
        )
        for seed in (0, 1)
    ]
    assert torch.equal(*found)
    expected = start + 0.1 * (process.settled(start, -0.1) - 2 * process.drift(start))
    assert torch.allclose(found[0], expected)


@pytest.mark.parametrize("length", [0.05, 0.1, 0.2])
def test_the_settled_drift_is_half_the_score_at_which_eulers_steps_rest(length):
    pull = PROCESS.ratio * PROCESS.pull
    rested = angles.euler(angles.of_points([0.3]), pull, [length] * int(60 / length))
    grid = torch.from_numpy(angles.GRID).reshape(-1, 1, 1, 1)
    expected = angles.score(rested)
    plain = np.abs(2 * PROCESS.drift(grid).numpy().ravel() - expected).max()
    settled = np.abs(2 * PROCESS.settled(grid, length).numpy().ravel() - expected).max()
    assert settled < 0.03 * length**2 < 0.05 * plain


@pytest.mark.parametrize(
    "coupling", [Everywhere(), Nearby(2, "periodic"), Nearby(2, "open")], ids=str
)
def test_the_settled_drift_is_built_of_jacobian_and_laplacian(coupling):
    process = PhaseProcess(0.7, 1.2, coupling)
    generator = torch.Generator().manual_seed(0)
    state = 2 * torch.randn((1, 1, 5, 5), generator=generator, dtype=torch.float64)

    def flat(values):
        return process.drift(values.reshape(1, 1, 5, 5)).flatten()

    jacobian = torch.autograd.functional.jacobian(flat, state.flatten())
    laplacian = torch.stack(
        [
            torch.autograd.functional.hessian(lambda v, i=i: flat(v)[i], state.flatten()).trace()
            for i in range(25)
        ]
    )
    expected = flat(state) + 0.15 * (jacobian @ flat(state) + 0.5 * laplacian)
    assert (process.settled(state, 0.3).flatten() - expected).abs().max() < 1e-12


@pytest.mark.parametrize("steps", [12, 24, 100])
def test_an_equilibrium_of_the_chain_is_kept_by_few_steps_back(steps):
    process, schedule = PhaseProcess(0.3, 1.5, Everywhere()), Schedule(100, 10.0, 1e-3)
    motion, generator = ChainMotion(process, schedule), torch.Generator().manual_seed(0)
    start = prior.at_rest(process).draw((64, 1, 32, 32), generator)

    def score(state, tau):
        return 2 * motion.drift(state, tau)

    edges = [0.0, *even(steps - 1, 1e-3, 10.0)]
    for noise in ("step", "bridge"):
        for tau, state in zip(
            reversed(edges[:-1]),
            ancestral(score, motion, edges, start, generator, noise=noise),
            strict=True,
        ):
            if tau > 2:
                assert float(torch.cos(state).mean()) == pytest.approx(0.5, abs=0.02), tau
    states = list(heun(score, motion, edges, start))
    assert torch.allclose(states[-1], start, atol=1e-5)
