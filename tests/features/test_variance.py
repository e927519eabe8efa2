import numpy as np
import pytest

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.variance import Variance


def test_it_is_the_standard_deviation_of_luma_in_each_block(crops: np.ndarray) -> None:
    blocks = light.luma(crops).astype(np.float64).reshape(len(crops), 3, 8, 5, 8).swapaxes(2, 3)
    np.testing.assert_allclose(
        Variance(weight=1.0)(crops, Cells(8, 8))[..., 0], blocks.std(axis=(3, 4)), atol=1e-7
    )


def test_black_and_white_halves_give_one_half() -> None:
    halves = np.zeros((1, 8, 8, 3), np.uint8)
    halves[:, :, 4:] = 255
    assert Variance(weight=1.0)(halves, Cells(8, 8)).item() == pytest.approx(0.5, abs=1e-6)


def test_flat_pictures_have_none(crops: np.ndarray) -> None:
    assert np.abs(Variance(weight=1.0)(crops[-2:], Cells(8, 4))).max() < 1e-7
