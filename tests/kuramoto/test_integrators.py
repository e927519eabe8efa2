"""Runge-Kutta and Moebius steps against the laws of the equations."""

from dataclasses import dataclass

import array_api_strict
import cv2
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.distance import Distance
from tasks.kuramoto.mean_field import Mean
from tasks.kuramoto.moebius import Moebius, rotate
from tasks.kuramoto.order import order_parameter
from tasks.kuramoto.periodic import Periodic
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.stencil import Stencil

SIDE = 12


@pytest.fixture
def start() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.uniform(-np.pi, np.pi, (SIDE, SIDE)), 0.5 * rng.standard_normal((SIDE, SIDE))


@pytest.fixture
def coupling() -> Stencil:
    return Similarity(2.0, 3.0, 1.5, 0.1, 1.5)(
        np.random.default_rng(1).standard_normal((SIDE, SIDE, 3))
    )


@pytest.mark.parametrize(("integrator", "order"), [(RungeKutta, 4), (Moebius, 2)])
def test_errors_fall_with_the_order_of_the_method(integrator, order: int, start, coupling) -> None:
    steps = np.array([0.1, 0.05, 0.025, 0.0125])
    exact = np.exp(1j * RungeKutta(0.002)(*start, coupling, 1.0))
    errors = [
        np.abs(np.exp(1j * integrator(h)(*start, coupling, 1.0)) - exact).max() for h in steps
    ]
    observed = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert observed == pytest.approx(order, abs=0.3)


@pytest.mark.parametrize(
    "coupling",
    [Similarity(1.0, 3.0, 1.5, 0.1, 1.5), Distance(1.0, 3, 1.5), Periodic(1.0, 1.5, 0.3)],
)
@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-9), (np.float32, 1e-3)])
def test_the_mean_phase_moves_with_the_mean_frequency(
    coupling, dtype: type, bound: float, start
) -> None:
    phase, frequency = (array.astype(dtype) for array in start)
    symmetric = coupling(np.random.default_rng(2).standard_normal((SIDE, SIDE, 2)).astype(dtype))
    after = RungeKutta(0.5)(phase, frequency, symmetric, 100.0)
    drifted = after.astype(np.float64).mean() - phase.astype(np.float64).mean()
    assert drifted == pytest.approx(100 * frequency.astype(np.float64).mean(), abs=bound)


@dataclass(frozen=True)
class Mirrored(Coupling):
    """A border that mirrors without repeating the edge: not symmetric."""

    row_sum = 1.0  # pyright: ignore[reportAssignmentType]

    def __call__(self, z: np.ndarray) -> np.ndarray:
        line = np.exp(-(np.arange(-3, 4.0) ** 2) / (2 * 1.5**2))
        line /= line.sum()
        return np.stack(
            [cv2.sepFilter2D(f, -1, line, line, borderType=cv2.BORDER_REFLECT_101) for f in z]
        )


def test_a_border_that_mirrors_without_the_edge_moves_the_mean(start) -> None:
    phase, frequency = start
    after = RungeKutta(0.5)(phase, frequency, Mirrored(), 100.0)
    assert abs(after.mean() - phase.mean() - 100 * frequency.mean()) > 1e-2


def test_a_step_beyond_the_bound_is_refused_with_the_bound(start, coupling) -> None:
    bound = 2.785 / 2 / coupling.row_sum
    RungeKutta(0.98 * bound).check(coupling)
    with pytest.raises(InputError, match=rf"video\.integrator\.step: .* the bound is {bound:.4g}"):
        RungeKutta(1.02 * bound)(*start, coupling, 1.0)


def test_the_method_is_stable_up_to_its_interval_and_not_beyond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RungeKutta, "check", lambda *_: None)
    rng = np.random.default_rng(3)
    phase = 1e-3 * rng.standard_normal((SIDE, SIDE))
    fastest = 1.0  # all eigenvalues but one of the all-to-all coupling
    for share, grows in ((0.98, False), (1.02, True)):
        step = share * 2.785 / fastest
        after = RungeKutta(step)(phase, 0 * phase, Mean(1.0), 60 * step)
        assert (after.std() > phase.std()) == grows


def test_a_moebius_rotation_is_the_exact_flow_in_a_constant_field() -> None:
    rng = np.random.default_rng(4)
    theta, frequency = rng.uniform(-np.pi, np.pi, (5, 5)), rng.standard_normal((5, 5))
    field = rng.standard_normal((5, 5)) + 1j * rng.standard_normal((5, 5))
    fine, steps = theta.copy(), 4000
    for _ in range(steps):  # midpoint rule
        middle = fine + 0.5 / steps * (frequency + np.imag(np.exp(-1j * fine) * field))
        fine = fine + 1 / steps * (frequency + np.imag(np.exp(-1j * middle) * field))
    found = rotate(np.exp(1j * theta), frequency.astype(complex), field, 1.0)
    np.testing.assert_allclose(found, np.exp(1j * fine), atol=1e-6)


def test_a_moebius_rotation_without_a_field_turns_by_the_frequency() -> None:
    frequency = np.array([[0.0, 0.3, -2.0]]).astype(complex)
    found = rotate(np.ones((1, 3), complex), frequency, np.zeros((1, 3), complex), 0.5)
    np.testing.assert_allclose(found, np.exp(0.5j * frequency), atol=1e-12)


def test_moebius_relaxes_with_steps_far_beyond_the_bound_of_runge_kutta(coupling) -> None:
    phase = np.random.default_rng(5).normal(0, 0.5, (SIDE, SIDE))
    after = Moebius(4 / coupling.row_sum)(phase, 0 * phase, coupling, 400.0)
    assert abs(order_parameter(after)) > 0.999


@pytest.mark.parametrize("strength", [1.5, 2.0, 3.0, 4.0])
def test_order_follows_the_law_for_lorentz_frequencies(strength: float) -> None:
    count, gamma = 4000, 0.5
    quantile = (np.arange(count) + 0.5) / count
    frequency = (gamma * np.tan(np.pi * (quantile - 0.5))).reshape(50, 80)
    phase = np.random.default_rng(6).normal(0, 1, frequency.shape)
    integrator, coupling, seen = Moebius(0.1), Mean(strength), []
    phase = integrator(phase, frequency, coupling, 25.0)
    for _ in range(10):
        phase = integrator(phase, frequency, coupling, 0.5)
        seen.append(abs(order_parameter(phase)))
    assert np.mean(seen) == pytest.approx(np.sqrt(1 - 2 * gamma / strength), abs=0.01)


def test_order_grows_as_ott_and_antonsen_say() -> None:
    count, gamma, strength, r0 = 4000, 0.5, 2.5, 0.05
    quantile = (np.arange(count) + 0.5) / count
    frequency = (gamma * np.tan(np.pi * (quantile - 0.5))).reshape(50, 80)
    # Phases of a Poisson kernel, whose moments are the powers of r0; the golden ratio spreads them
    # evenly over the frequencies.
    other = (np.arange(count) * (np.sqrt(5) - 1) / 2 + 0.5) % 1
    narrow = (1 - r0) / (1 + r0)
    phase = 2 * np.arctan(narrow * np.tan(np.pi * (other - 0.5))).reshape(50, 80)

    def grows(_: float, r: np.ndarray) -> np.ndarray:
        return -gamma * r + strength / 2 * r * (1 - r**2)

    law = solve_ivp(grows, (0, 12), [r0], rtol=1e-9, dense_output=True)
    gaps = []
    for time in np.arange(0.0, 12.0, 0.5):
        gaps.append(abs(abs(order_parameter(phase)) - law.sol(time)[0]))
        phase = Moebius(0.05)(phase, frequency, Mean(strength), 0.5)
    assert max(gaps) <= 0.03


def test_below_the_critical_strength_there_is_no_order() -> None:
    count = 4000
    frequency = (0.5 * np.tan(np.pi * ((np.arange(count) + 0.5) / count - 0.5))).reshape(50, 80)
    phase = np.random.default_rng(7).uniform(-np.pi, np.pi, frequency.shape)
    assert abs(order_parameter(Moebius(0.1)(phase, frequency, Mean(0.5), 20.0))) <= 3 / np.sqrt(
        count
    )


@pytest.mark.parametrize("integrator", [RungeKutta(0.1), Moebius(0.1)])
def test_integrators_use_the_array_standard_alone(integrator, start, coupling) -> None:
    strict = Stencil(
        coupling.shape, coupling.offsets, [array_api_strict.asarray(w) for w in coupling.weights]
    )
    found = integrator(*map(array_api_strict.asarray, start), strict, 0.5)
    np.testing.assert_allclose(np.asarray(found), integrator(*start, coupling, 0.5), rtol=1e-10)
