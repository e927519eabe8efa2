"""Order parameter, vortices, spread."""

import numpy as np
import pytest

from tasks.kuramoto.order import (
    local_order,
    lock_fraction,
    mean_speed,
    order_parameter,
    spread,
    wrap,
)
from tasks.kuramoto.vortex import vortices


def test_equal_phases_are_in_order() -> None:
    found = order_parameter(np.full((4, 4), 0.7))
    assert abs(found) == pytest.approx(1)
    assert np.angle(found) == pytest.approx(0.7)


def test_a_full_turn_of_phases_has_no_order() -> None:
    assert (
        abs(order_parameter(np.linspace(0, 2 * np.pi, 16, endpoint=False).reshape(4, 4))) < 1e-12
    )


def test_wrap_keeps_the_direction() -> None:
    angle = np.linspace(-20, 20, 101)
    np.testing.assert_allclose(np.exp(1j * wrap(angle)), np.exp(1j * angle), atol=1e-12)
    assert np.abs(wrap(angle)).max() <= np.pi


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_winding_field_has_one_vortex_and_a_wave_has_none(sign: int) -> None:
    y, x = np.mgrid[:8, :8] - 3.5
    assert vortices(sign * np.arctan2(y, x)) == 1
    assert vortices(0.9 * x + 0.3 * y) == 0


def test_spread_leaves_a_common_rotation_aside() -> None:
    rng = np.random.default_rng(0)
    phase = rng.uniform(-np.pi, np.pi, (32, 32))
    assert spread(phase + 5.0, phase) < 1e-12
    assert spread(phase + 0.1 * rng.standard_normal((32, 32)), phase) == pytest.approx(
        0.1, rel=0.1
    )


def test_local_order_is_one_in_a_slow_wave_and_none_where_neighbours_oppose() -> None:
    row, col = np.mgrid[:20, :20].astype(float)
    assert local_order(0.02 * col, 1.0).min() > 0.999
    assert local_order(np.pi * (row + col), 1.0)[5:-5, 5:-5].max() < 0.02
    vortex = local_order(np.arctan2(row - 9.5, col - 9.5), 1.0)
    assert vortex[9:11, 9:11].max() < 0.7 < 0.9 < vortex[2, 2]


def test_local_order_of_a_wave_is_the_transform_of_its_window() -> None:
    col = np.broadcast_to(np.arange(40.0), (30, 40))
    offsets, weights = np.arange(-6, 7), np.exp(-(np.arange(-6, 7) ** 2) / (2 * 2.0**2))
    wanted = (weights * np.cos(0.5 * offsets)).sum() / weights.sum()
    assert local_order(0.5 * col, 2.0)[15, 20] == pytest.approx(wanted, abs=1e-9)


def test_the_lock_fraction_counts_the_nodes_that_keep_up() -> None:
    speed = np.full((5, 8), 0.3)
    assert lock_fraction(speed, 0.0) == 1
    speed[:2, :3] += 0.2
    assert lock_fraction(speed, 0.1) == pytest.approx(34 / 40)
    assert lock_fraction(speed, 0.3) == 1


def test_the_mean_speed_is_that_of_unwrapped_phases() -> None:
    speed = np.random.default_rng(1).uniform(-0.4, 0.4, (6, 7))
    phases = 2.0 + np.arange(30)[:, None, None] * speed
    wrapped = np.angle(np.exp(1j * phases))
    np.testing.assert_allclose(mean_speed(wrapped), speed, atol=1e-12)
