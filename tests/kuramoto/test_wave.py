"""The locked wave: exact, attracting, closed."""

import array_api_strict
import numpy as np
import pytest

from tasks.kuramoto.coupling import drift
from tasks.kuramoto.evolution import evolve
from tasks.kuramoto.field import Dynamics
from tasks.kuramoto.graph import Graph
from tasks.kuramoto.locked import returns
from tasks.kuramoto.mean_field import Mean
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.order import spread, wrap
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.state import State
from tasks.kuramoto.static import Static
from tasks.kuramoto.vortex import vortices
from tasks.kuramoto.wave import Wave

COUPLE = Similarity(1.0, 3.0, 1.5, 0.1, 1.5)
WAVE = Wave(1.0, 0.4, 0.7, 0.35, 0.5)


@pytest.fixture(scope="module")
def codebook() -> np.ndarray:
    y, x = np.mgrid[:16, :16] / 16
    return np.stack([x, y, np.sin(6 * x) * y], axis=-1) + 0.05 * np.random.default_rng(
        0
    ).standard_normal((16, 16, 3))


def test_the_wave_is_a_fixed_point_of_its_own_frequencies(codebook: np.ndarray) -> None:
    coupling = COUPLE(codebook)
    state = WAVE(codebook[..., 2], coupling, np.random.default_rng(1))
    assert np.abs(drift(coupling, state.phase, state.frequency)).max() < 1e-12
    assert vortices(state.phase) == 0
    assert np.ptp(state.phase) > np.pi


def test_kicked_phases_come_back_until_all_turn_alike(codebook: np.ndarray) -> None:
    coupling, rng = COUPLE(codebook), np.random.default_rng(2)
    state = WAVE(codebook[..., 2], coupling, rng)
    kicked = state.phase + 0.5 * rng.standard_normal(state.phase.shape)
    settled = Moebius(1.0)(kicked, state.frequency, coupling, 1500.0)
    assert np.ptp(drift(coupling, settled, state.frequency)) <= 1e-4
    assert spread(settled, state.phase) < 2e-3


def test_a_pattern_that_does_not_come_back_is_made_flatter(codebook: np.ndarray) -> None:
    coupling = COUPLE(codebook)
    steep = Wave(7.0, 3.0, 0.0, 0.0, 0.5)
    wanted = steep.pattern(codebook[..., 2], np.random.default_rng(3))
    found = steep(codebook[..., 2], coupling, np.random.default_rng(3)).phase
    ratio = np.ptp(found) / np.ptp(wanted)
    assert ratio < 1
    assert np.log(ratio) / np.log(0.8) == pytest.approx(round(np.log(ratio) / np.log(0.8)))


def test_a_state_that_repels_is_recognised() -> None:
    phase = np.pi * (np.arange(16) % 2).reshape(4, 4).astype(float)  # every other node opposite
    kick = 0.3 * np.random.default_rng(4).standard_normal((4, 4))

    assert not returns(State(phase, 0 * phase), Mean(1.0), kick)


def test_the_loop_closes_and_every_frame_turns_alike(codebook: np.ndarray) -> None:
    coupling = COUPLE(codebook)
    state = WAVE(codebook[..., 2], coupling, np.random.default_rng(5))
    phases = evolve(state, coupling, RungeKutta(0.5), frames=24, cycles=2)
    steps = wrap(np.diff(np.concatenate([phases, phases[:1]]), axis=0))
    np.testing.assert_allclose(steps, 4 * np.pi / 24, atol=1e-6)


def test_dynamics_repeat_themselves_and_follow_the_generator(codebook: np.ndarray) -> None:
    dynamics = Dynamics([COUPLE], WAVE, RungeKutta(0.5), frames=6, cycles=1)
    one, again, other = (
        dynamics(codebook, codebook[..., 0], np.random.default_rng(seed)) for seed in (6, 6, 7)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_dynamics_use_the_array_standard_alone(codebook: np.ndarray) -> None:
    dynamics = Dynamics([COUPLE], WAVE, RungeKutta(0.5), frames=3, cycles=1)
    xp, rng = array_api_strict, np.random.default_rng
    found = dynamics(xp.asarray(codebook), xp.asarray(codebook[..., 0]), rng(8))
    np.testing.assert_allclose(
        np.asarray(found), dynamics(codebook, codebook[..., 0], rng(8)), atol=1e-9
    )


def test_a_loop_has_at_least_one_frame(codebook: np.ndarray) -> None:
    coupling = COUPLE(codebook)
    state = WAVE(codebook[..., 2], coupling, np.random.default_rng(9))
    with pytest.raises(ValueError, match="frames: 0"):
        evolve(state, coupling, RungeKutta(0.5), frames=0, cycles=1)


def test_dynamics_hand_the_neighbours_to_a_coupling_that_asks(codebook: np.ndarray) -> None:
    flat, rng, index = 0 * codebook, np.random.default_rng, np.arange(256).reshape(16, 16)
    ways = [(shift, axis) for shift in (-1, 1) for axis in (0, 1)]
    torus = np.stack([np.roll(index, *way).ravel() for way in ways], axis=1)
    twisted = Static(1.0, 0.0, 0.2)
    loop = Dynamics([Graph(1.0, 2, 2.0, 0.1, 1.5)], twisted, RungeKutta(0.5), frames=4, cycles=1)
    phases = loop(flat, flat[..., 0], rng(10), torus)
    np.testing.assert_allclose(wrap(np.diff(phases, axis=2)), 2 * np.pi / 16, atol=1e-4)
    with pytest.raises(ValueError, match="neighbours"):
        loop(flat, flat[..., 0], rng(10))
