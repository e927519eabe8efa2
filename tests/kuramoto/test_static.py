"""Equal frequencies: synchrony on a plane, twisted waves on a torus."""

import array_api_strict
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import drift
from tasks.kuramoto.distance import Distance
from tasks.kuramoto.evolution import evolve
from tasks.kuramoto.order import order_parameter, wrap
from tasks.kuramoto.periodic import Periodic
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.static import Static

RELIEF = np.zeros((12, 16))
TORUS = Periodic(1.0, 1.5, 0.0)(RELIEF[..., None])
PLANE = Distance(1.0, 3, 1.5)(RELIEF[..., None])


def test_a_plane_comes_to_synchrony() -> None:
    state = Static(1.0, 0.4, 0.3)(RELIEF, PLANE, np.random.default_rng(0))
    assert abs(order_parameter(state.phase)) > 1 - 1e-9


@pytest.mark.parametrize("turns", [-1, 1])
def test_a_torus_keeps_whole_turns(turns: int) -> None:
    state = Static(float(turns), 1.0, 0.3)(RELIEF, TORUS, np.random.default_rng(1))
    assert np.abs(drift(TORUS, state.phase, state.frequency)).max() < 1e-6
    np.testing.assert_allclose(
        wrap(np.diff(state.phase, axis=1)), 2 * np.pi * turns / 16, atol=1e-4
    )
    np.testing.assert_allclose(wrap(np.diff(state.phase, axis=0)), 2 * np.pi / 12, atol=1e-4)


def test_the_loop_closes() -> None:
    state = Static(1.0, 0.0, 0.3)(RELIEF, TORUS, np.random.default_rng(2))
    phases = evolve(state, TORUS, RungeKutta(0.5), frames=24, cycles=1)
    steps = wrap(np.diff(np.concatenate([phases, phases[:1]]), axis=0))
    np.testing.assert_allclose(steps, 2 * np.pi / 24, atol=1e-5)


def test_phases_that_do_not_rest_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.kuramoto.static.ROUNDS", 1)
    with pytest.raises(InputError, match=r"video\.frequencies: static: .* do not come to rest"):
        Static(1.0, 0.4, 0.3)(RELIEF, PLANE, np.random.default_rng(3))


def test_it_uses_the_array_standard_alone() -> None:
    xp = array_api_strict
    coupling = Periodic(1.0, 1.5, 0.0)(xp.asarray(RELIEF[..., None]))
    variant, rng = Static(1.0, 0.0, 0.1), np.random.default_rng
    found = variant(xp.asarray(RELIEF), coupling, rng(4)).phase
    np.testing.assert_allclose(np.asarray(found), variant(RELIEF, TORUS, rng(4)).phase, atol=1e-9)
