import numpy as np
from skimage.measure import block_reduce

from tasks.features.cells import Cells
from tasks.features.rgb import Rgb


def test_it_is_the_mean_of_each_blocks_stored_values(crops: np.ndarray) -> None:
    found = Rgb(weight=1.0)(crops, Cells(8, 8))
    expected = [block_reduce(picture / 255, (8, 8, 1), np.mean) for picture in crops]
    np.testing.assert_allclose(found, np.stack(expected), atol=1e-6)


def test_white_is_1() -> None:
    np.testing.assert_array_equal(
        Rgb(weight=1.0)(np.full((1, 8, 8, 3), 255, np.uint8), Cells(8, 8)), 1
    )
