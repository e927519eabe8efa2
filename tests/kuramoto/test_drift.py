"""Frequencies that nothing locks, and loops that are made to close."""

import array_api_strict
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.drift import Drift
from tasks.kuramoto.euler_maruyama import EulerMaruyama
from tasks.kuramoto.evolution import evolve
from tasks.kuramoto.order import lock_fraction, mean_speed
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.state import State

FRAMES, BLEND = 72, 24


@pytest.fixture(scope="module")
def relief() -> np.ndarray:
    y, x = np.mgrid[:24, :24] / 24
    return np.sin(9 * x) * np.cos(7 * y)


@pytest.fixture(scope="module")
def coupling(relief: np.ndarray) -> Coupling:
    return Similarity(0.12, 3.0, 1.5, 0.1, 1.5)(np.stack([relief, relief**2], axis=-1))


def steps(phases: np.ndarray) -> np.ndarray:
    """Return the size of every step of the loop, the last one back to its beginning."""
    return np.abs(np.diff(np.exp(1j * np.concatenate([phases, phases[:1]])), axis=0)).mean((1, 2))


def closure(phases: np.ndarray) -> float:
    """Return the last step of the loop over the mean step."""
    return steps(phases)[-1] / steps(phases)[:-1].mean()


def test_nodes_drift_and_the_loop_closes_all_the_same(relief, coupling: Coupling) -> None:
    state = Drift(0.06, 200.0, BLEND)(relief, coupling, np.random.default_rng(0))
    assert state.blend == BLEND
    open_end = evolve(
        State(state.phase, state.frequency), coupling, RungeKutta(0.5), frames=FRAMES, cycles=1
    )
    closed = evolve(state, coupling, RungeKutta(0.5), frames=FRAMES, cycles=1)
    assert lock_fraction(mean_speed(open_end), 0.01) < 0.5
    assert closure(open_end) > 3
    assert closure(closed) <= 1.3
    assert steps(closed).max() <= 2 * steps(closed).mean()


def test_a_blended_loop_is_the_evolution_until_it_blends(relief, coupling: Coupling) -> None:
    state = Drift(0.06, 50.0, BLEND)(relief, coupling, np.random.default_rng(1))
    run = evolve(
        State(state.phase, state.frequency),
        coupling,
        RungeKutta(0.5),
        frames=FRAMES + BLEND,
        cycles=0,
    )
    loop = evolve(state, coupling, RungeKutta(0.5), frames=FRAMES, cycles=0)
    np.testing.assert_array_equal(loop[: FRAMES - BLEND], run[BLEND:FRAMES])
    gap = np.abs(np.exp(1j * loop[-1]) - np.exp(1j * run[BLEND - 1]))
    assert np.median(gap) < 0.01


def test_noise_closes_its_loop_too(relief, coupling: Coupling) -> None:
    state = State(0 * relief, 0 * relief)
    closed = evolve(state, coupling, EulerMaruyama(0.5, 1e-3, BLEND), frames=FRAMES, cycles=1)
    assert closure(closed) <= 1.3


def test_a_loop_that_is_too_short_to_blend_is_refused(relief, coupling: Coupling) -> None:
    state = Drift(0.06, 0.0, BLEND)(relief, coupling, np.random.default_rng(2))
    with pytest.raises(InputError, match=r"video\.frames: 24 are too few .* blends 24"):
        evolve(state, coupling, RungeKutta(0.5), frames=24, cycles=1)


def test_it_uses_the_array_standard_alone(relief) -> None:
    xp, codebook = array_api_strict, np.stack([relief, relief**2], axis=-1)
    variant, couple = Drift(0.06, 3.0, 4), Similarity(0.12, 3.0, 1.5, 0.1, 1.5)
    found, wanted = (
        evolve(
            variant(module.asarray(relief), kept, np.random.default_rng(3)),
            kept,
            RungeKutta(0.5),
            frames=6,
            cycles=1,
        )
        for module, kept in ((xp, couple(xp.asarray(codebook))), (np, couple(codebook)))
    )
    np.testing.assert_allclose(np.asarray(found), wanted, atol=1e-9)
