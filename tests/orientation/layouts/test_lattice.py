"""Phases of a sample on a lattice."""

import numpy as np
import pytest

from tasks.kuramoto.order import wrap
from tasks.orientation.layouts.lattice import onto


def test_a_twisted_wave_keeps_its_turns():
    column = 2 * np.pi * 3 * (np.arange(96) + 0.5) / 96
    found = onto(np.tile(wrap(column), (96, 1)), 24, 24)
    expected = 2 * np.pi * 3 * (np.arange(24) + 0.5) / 24
    assert np.abs(wrap(found - expected)).max() < 1e-6


def test_means_do_not_see_the_seam():
    phase = np.where(np.indices((8, 8)).sum(0) % 2, np.pi - 0.1, -np.pi + 0.1)
    found = onto(phase, 4, 4)
    assert np.abs(wrap(found - np.pi)).max() < 1e-6


@pytest.mark.parametrize("side", [4, 20])
def test_any_lattice_is_filled_with_phases(side):
    found = onto(np.random.default_rng(0).uniform(-np.pi, np.pi, (8, 8)), side, side)
    assert found.shape == (side, side)
    assert np.abs(found).max() <= np.pi
