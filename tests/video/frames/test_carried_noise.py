"""Noise that is carried stays white (criterion: variance, kurtosis, neighbours, next frame)."""

import numpy as np
import pytest

from tasks.video.frames.carried_noise import REACH, carried_noise, lanczos
from tests.video.toy import circling

SHAPE, DRAWS = (16, 32, 32), 20


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    """Draws of noise, each carried by every frame of a loop of motion of up to 0.8 cells."""
    motion = circling(0.025, frames=48)
    draws = [
        np.random.default_rng(n).standard_normal(SHAPE, dtype=np.float32) for n in range(DRAWS)
    ]
    times = (0, 1, 7, 20, 33, 48)
    fields = [motion.at(t, *SHAPE[1:]) for t in times]
    return np.stack([[carried_noise(draw, d) for d in fields] for draw in draws])


def test_carried_noise_has_the_moments_of_white_noise(frames) -> None:
    for time in range(frames.shape[1]):
        values = frames[:, time].ravel().astype(np.float64)
        assert values.var() == pytest.approx(1, abs=0.03)
        assert (values**4).mean() / values.var() ** 2 == pytest.approx(3, abs=0.1)


def test_neighbours_of_carried_noise_are_nearly_uncorrelated(frames) -> None:
    values = frames.astype(np.float64)
    beside, below = values[..., 1:] * values[..., :-1], values[..., 1:, :] * values[..., :-1, :]
    assert abs((beside.mean() + below.mean()) / 2) <= 0.12


@pytest.mark.parametrize(("shift", "expected"), [(0.0, 0.0), (0.25, 0.086), (0.5, 0.188)])
def test_neighbours_are_tied_most_half_a_cell_away(shift: float, expected: float) -> None:
    noise = np.random.default_rng(4).standard_normal((64, 64, 64), dtype=np.float32)
    d = np.broadcast_to(np.array([shift, 0], np.float32), (64, 64, 2))
    carried = carried_noise(noise, d).astype(np.float64)
    assert (carried[..., 1:] * carried[..., :-1]).mean() == pytest.approx(expected, abs=0.01)


def test_the_next_frame_has_almost_the_same_noise(frames) -> None:
    assert np.corrcoef(frames[:, 0].ravel(), frames[:, 1].ravel())[0, 1] >= 0.97


def test_a_closed_loop_returns_to_the_same_noise_exactly(frames) -> None:
    assert np.array_equal(frames[:, -1], frames[:, 0])


def test_noise_that_is_not_displaced_stays_as_it_is() -> None:
    noise = np.random.default_rng(1).standard_normal(SHAPE, dtype=np.float32)
    assert np.array_equal(carried_noise(noise, np.zeros((*SHAPE[1:], 2), np.float32)), noise)


def test_a_shift_by_whole_cells_rolls_the_noise() -> None:
    noise = np.random.default_rng(1).standard_normal((3, 12, 16), dtype=np.float32)
    shift = np.broadcast_to(np.array([3, -2], np.float32), (12, 16, 2))
    np.testing.assert_allclose(
        carried_noise(noise, shift), np.roll(noise, (2, -3), (1, 2)), atol=1e-6
    )


def test_carried_noise_is_the_normalised_sum_over_all_cells() -> None:
    """Brute force: every cell of the torus and its copies, by its distance."""
    noise = np.random.default_rng(2).standard_normal((1, 9, 10), dtype=np.float32)
    d = np.random.default_rng(3).normal(0, 1.5, (9, 10, 2)).astype(np.float32)
    found = carried_noise(noise, d)
    for y, x in ((0, 0), (4, 5), (8, 9)):
        over, square = 0.0, 0.0
        for row in range(-20, 30):
            for column in range(-20, 30):
                weight = float(
                    lanczos(np.float64(x + d[y, x, 0]) - column)
                    * lanczos(np.float64(y + d[y, x, 1]) - row)
                )
                over += weight * noise[0, row % 9, column % 10]
                square += weight**2
        assert found[0, y, x] == pytest.approx(over / np.sqrt(square), abs=1e-5)
    assert REACH == 4
