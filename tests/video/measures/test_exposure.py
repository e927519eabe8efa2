"""Borders and stretch of displacements that are known."""

import numpy as np
import pytest

from tasks.video.measures.exposure import density, exposure, outside
from tasks.video.motions.displacement import Displacement, positions
from tasks.video.motions.warping import warp

SIDE = 96


def test_a_shift_shows_as_many_pixels_beyond_the_border_as_it_is_wide() -> None:
    d = np.broadcast_to(np.array([3, -2], np.float32), (SIDE, SIDE, 2))
    assert outside(d).sum() == SIDE * SIDE - (SIDE - 3) * (SIDE - 2)
    assert not outside(np.zeros((SIDE, SIDE, 2), np.float32)).any()


@pytest.mark.parametrize(("across", "down"), [(0.8, 1.0), (1.1, 0.7)])
def test_the_determinant_of_a_scaling_is_the_product_of_its_factors(across, down) -> None:
    centred = positions(SIDE, SIDE) - (SIDE - 1) / 2
    d = centred * np.array([across - 1, down - 1], np.float32)
    np.testing.assert_allclose(density(d), across * down, atol=1e-4)


def breathing(amount: float) -> Displacement:
    """The picture, and the picture drawn larger around its middle by that share, in turns."""
    y, x = (np.mgrid[:24, :24] + 0.5) / 24 - 0.5
    away = -amount * np.stack([x, y], axis=-1) * np.exp(-(x**2 + y**2) / 0.08)[..., None]
    grid = np.stack([share * away for share in (0, 1, 0, 1, 0, 1)]).astype(np.float32)
    return Displacement(grid, amount, amount)


def test_an_enlarged_picture_is_duller_where_it_is_enlarged() -> None:
    grain = np.random.default_rng(0).random((SIDE, SIDE)).astype(np.float32)
    dulled = []
    for amount in (0.1, 0.25, 0.4):
        motion = breathing(amount)
        luma = np.stack([warp(grain, motion.at(t, SIDE, SIDE)) for t in range(6)])
        dulled.append(exposure(luma, motion)["dulled"])
    assert 0 < dulled[0] < dulled[1] < dulled[2]


def test_a_picture_painted_anew_in_every_frame_is_not_duller_where_it_is_stretched() -> None:
    motion = breathing(0.4)
    fresh = np.random.default_rng(1).random((6, SIDE, SIDE)).astype(np.float32)
    moved = np.stack([warp(fresh[0], motion.at(t, SIDE, SIDE)) for t in range(6)])
    assert exposure(fresh, motion)["dulled"] < exposure(moved, motion)["dulled"] - 5


def test_a_picture_at_rest_is_neither_stretched_nor_dulled() -> None:
    luma = np.random.default_rng(0).random((6, 32, 32)).astype(np.float32)
    found = exposure(luma, breathing(0.0))
    assert found == {"beyond": 0, "stretched": 0, "dulled": 0}
