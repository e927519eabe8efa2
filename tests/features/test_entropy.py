import numpy as np
import pytest
from skimage.filters import rank

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.entropy import Entropy, quantize


@pytest.mark.parametrize("levels", [2, 16, 256])
def test_it_is_scikit_images_rank_entropy_at_the_middle_of_each_window(
    crops: np.ndarray, levels: int
) -> None:
    found = Entropy(weight=1.0, levels=levels)(crops, Cells(7, 4))[..., 0]
    for picture, mine in zip(quantize(light.luma(crops), levels), found, strict=True):
        theirs = rank.entropy(picture, np.ones((7, 7), np.uint8))
        np.testing.assert_allclose(mine[1:-1, 1:-1], theirs[6:-4:4, 6:-4:4], atol=1e-4)


def test_halves_give_one_bit() -> None:
    halves = np.zeros((1, 8, 8, 3), np.uint8)
    halves[:, :, 4:] = 255
    assert Entropy(weight=1.0, levels=16)(halves, Cells(8, 8)).item() == pytest.approx(1)


def test_levels_equally_frequent_give_the_highest_value() -> None:
    rising = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=-1)
    chosen = Entropy(weight=1.0, levels=32)
    assert chosen(rising, Cells(16, 16)).item() == pytest.approx(5, abs=0.01)
    assert chosen.channels[0].high == 5


def test_black_and_white_are_the_first_and_the_last_level() -> None:
    assert quantize(np.float32([[[0, 0.5, 1]]]), 4).tolist() == [[[0, 2, 3]]]
