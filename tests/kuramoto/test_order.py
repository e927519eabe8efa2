"""Order parameter, vortices, spread."""

import numpy as np
import pytest

from tasks.kuramoto.order import order_parameter, spread, vortices, wrap


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
