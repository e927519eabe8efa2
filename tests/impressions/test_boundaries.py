"""Boundaries: an analytic step, turned and repeated, and invariances."""

import numpy as np
import pytest

from tasks.impressions.boundaries import change, lines


def step(angle: float, features: int = 1) -> np.ndarray:
    """Two regions whose border runs through the middle, across `angle` (from x towards y)."""
    y, x = np.mgrid[0:40, 0:40] - 19.5
    side = np.clip(x * np.cos(angle) + y * np.sin(angle) + 0.5, 0, 1)
    return np.repeat(side[..., None], features, axis=-1)


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135])
def test_direction_is_across_the_border(degrees: int) -> None:
    angle = np.deg2rad(degrees)
    found = change(step(angle), 1.5)
    middle = found.strength > 0.8 * found.strength.max()
    middle[:8], middle[-8:], middle[:, :8], middle[:, -8:] = (False,) * 4
    turn = np.arctan2(found.sin2[middle], found.cos2[middle]) / 2
    np.testing.assert_allclose(np.abs(np.cos(turn - angle)), 1, atol=0.02)


def test_a_smoothed_step_is_as_steep_as_a_gaussian_is_high() -> None:
    found = change(step(0.0), 3.0)
    assert found.strength.max() == pytest.approx(1 / (np.sqrt(2 * np.pi) * 3), rel=0.05)


def test_features_that_change_together_add_as_distances_do() -> None:
    one, four = (change(step(0.4, features), 1.5).strength for features in (1, 4))
    np.testing.assert_allclose(four, 2 * one, rtol=1e-4, atol=1e-6)


def test_a_step_is_one_line_of_pixels_between_the_regions() -> None:
    found = lines(change(step(0.0), 1.0), 2, 80, 80)
    rows, cols = np.nonzero(found > 0.5 * found.max())
    assert np.bincount(rows, minlength=80).tolist() == [1] * 80
    assert set(np.abs(cols - 39.5)) == {0.5}


def test_nothing_changes_in_one_region() -> None:
    flat = change(np.full((6, 8, 3), 2.5), 1.0)
    np.testing.assert_allclose(flat.strength, 0, atol=1e-6)
    np.testing.assert_array_equal(lines(flat, 4, 24, 32), 0)
