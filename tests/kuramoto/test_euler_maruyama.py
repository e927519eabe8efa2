"""Jostled oscillators."""

import array_api_strict
import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ive

from tasks.core.errors import InputError
from tasks.core.random import generator
from tasks.kuramoto.distance import Distance
from tasks.kuramoto.euler_maruyama import EulerMaruyama
from tasks.kuramoto.evolution import evolve
from tasks.kuramoto.mean_field import Mean
from tasks.kuramoto.order import order_parameter, wrap
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.state import State

COUPLING = Distance(1.0, 3, 1.5)(np.zeros((10, 10, 1)))


def chance(step: int) -> np.random.Generator:
    return generator(7, "step", step)


@pytest.fixture
def start() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.uniform(-np.pi, np.pi, (10, 10)), 0.3 * rng.standard_normal((10, 10))


def test_without_noise_its_error_falls_with_the_step(start) -> None:
    steps = np.array([0.02, 0.01, 0.005])
    exact = RungeKutta(0.01)(*start, COUPLING, 1.0)
    errors = [
        np.abs(wrap(EulerMaruyama(h, 0.0, 0)(*start, COUPLING, 1.0) - exact)).max() for h in steps
    ]
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] == pytest.approx(1, abs=0.1)


def test_without_coupling_the_phases_diffuse() -> None:
    phase = np.zeros((200, 200))
    after = EulerMaruyama(0.1, 0.05, 0)(phase, phase + 0.2, Mean(1e-12), 4.0, chance)
    assert after.mean() == pytest.approx(0.8, abs=0.01)
    assert after.var() == pytest.approx(2 * 0.05 * 4.0, rel=0.03)


@pytest.mark.parametrize("ratio", [3.0, 5.0])
def test_the_order_of_equal_oscillators_under_noise_is_that_of_sakaguchi(ratio: float) -> None:
    noise = 1 / ratio
    bent = lambda r: ive(1, ratio * r) / ive(0, ratio * r) - r  # noqa: E731
    wanted = brentq(bent, 0.05, 1)
    jostled, seen = EulerMaruyama(0.05, noise, 0), []
    phase, still = np.zeros((80, 80)), np.zeros((80, 80))
    for span in range(40):
        phase = jostled(phase, still, Mean(1.0), 1.0, lambda step, s=span: generator(1, s, step))
        seen.append(abs(order_parameter(phase)))
    assert np.mean(seen[20:]) == pytest.approx(wanted, abs=0.02)


def test_a_frame_does_not_depend_on_how_many_are_asked_for(start) -> None:
    jostled, state = EulerMaruyama(0.5, 0.02, 0), State(*start)
    long = evolve(state, COUPLING, jostled, frames=9, cycles=0, seed=3)
    short = evolve(state, COUPLING, jostled, frames=5, cycles=0, seed=3)
    other = evolve(state, COUPLING, jostled, frames=5, cycles=0, seed=4)
    assert np.array_equal(long[:5], short)
    assert not np.array_equal(other[1:], short[1:])


def test_steps_of_a_frame_have_noise_of_their_own(start) -> None:
    still = np.zeros((10, 10))
    two = EulerMaruyama(0.5, 0.1, 0)(still, still, Mean(1e-12), 1.0, chance)
    wanted = np.sqrt(0.1) * sum(chance(step).standard_normal((10, 10)) for step in (0, 1))
    np.testing.assert_allclose(two, wanted, atol=1e-9)


def test_the_method_is_stable_up_to_its_interval_and_not_beyond(monkeypatch) -> None:
    monkeypatch.setattr(EulerMaruyama, "check", lambda *_: None)
    phase = 1e-3 * np.random.default_rng(3).standard_normal((12, 12))
    for share, grows in ((0.98, False), (1.02, True)):  # the eigenvalues of Mean(1) are 0 and 1
        step = share * 2.0
        after = EulerMaruyama(step, 0.0, 0)(phase, 0 * phase, Mean(1.0), 60 * step)
        assert (after.std() > phase.std()) == grows


def test_a_step_beyond_the_bound_is_refused_with_the_bound() -> None:
    EulerMaruyama(0.98, 0.0, 0).check(Mean(1.0))
    with pytest.raises(InputError, match=r"video\.integrator\.step: 1\.02 .* the bound is 1 "):
        EulerMaruyama(1.02, 0.0, 0).check(Mean(1.0))


def test_noise_without_chance_is_refused(start) -> None:
    with pytest.raises(ValueError, match="chance"):
        EulerMaruyama(0.5, 0.1, 0)(*start, COUPLING, 1.0)


def test_it_uses_the_array_standard_alone(start) -> None:
    jostled = EulerMaruyama(0.5, 0.02, 0)
    found = jostled(*map(array_api_strict.asarray, start), COUPLING, 1.0, chance)
    wanted = jostled(*start, COUPLING, 1.0, chance)
    np.testing.assert_allclose(np.asarray(found), wanted, atol=1e-12)
