"""Winding numbers, vortices, charge."""

import array_api_strict
import numpy as np
import pytest

from tasks.kuramoto.vortex import charge, vortices, winding

Y, X = np.mgrid[:12, :12].astype(float)


def vortex(y: float, x: float, sign: int) -> np.ndarray:
    return sign * np.arctan2(Y - y, X - x)


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_vortex_winds_once_around_its_own_square(sign: int) -> None:
    found = winding(vortex(4.5, 6.5, sign))
    assert found[4, 6] == sign
    assert np.abs(found).sum() == vortices(vortex(4.5, 6.5, sign)) == 1
    assert charge(vortex(4.5, 6.5, sign)) == sign


def test_charges_add_up_and_opposite_ones_cancel() -> None:
    pair = vortex(3.5, 3.5, 1) + vortex(8.5, 8.5, -1)
    like = vortex(3.5, 3.5, 1) + vortex(8.5, 8.5, 1)
    assert (vortices(pair), charge(pair)) == (2, 0)
    assert (vortices(like), charge(like)) == (2, 2)


def test_a_wave_has_none_wherever_its_phase_is_cut() -> None:
    phase = 0.9 * X + 0.3 * Y
    assert vortices(phase) == 0
    assert vortices(np.angle(np.exp(1j * phase))) == 0


def test_the_charge_is_the_winding_along_the_border() -> None:
    phase = np.random.default_rng(0).uniform(-np.pi, np.pi, (9, 9))
    border = np.concatenate([phase[0], phase[1:, -1], phase[-1, -2::-1], phase[-2:0:-1, 0]])
    steps = np.angle(np.exp(1j * (np.roll(border, -1) - border)))
    assert charge(phase) == round(steps.sum() / (2 * np.pi))


def test_a_torus_has_no_charge() -> None:
    phase = np.random.default_rng(1).uniform(-np.pi, np.pi, (9, 7))
    found = winding(phase, torus=True)
    assert found.shape == (9, 7)
    assert np.array_equal(found[:-1, :-1], winding(phase))
    assert charge(phase, torus=True) == 0
    assert vortices(phase, torus=True) > 0
    assert vortices(2 * np.pi * (X + 2 * Y) / 12, torus=True) == 0


def test_it_uses_the_array_standard_alone() -> None:
    phase = np.random.default_rng(2).uniform(-np.pi, np.pi, (9, 7))
    for torus in (False, True):
        strict = winding(array_api_strict.asarray(phase), torus=torus)
        assert np.array_equal(np.asarray(strict), winding(phase, torus=torus))
