import numpy as np
import pytest
from skimage import filters
from skimage.measure import block_reduce

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.laplacian import Laplacian


def test_it_is_the_mean_magnitude_of_scikit_images_laplacian(crops: np.ndarray) -> None:
    found = Laplacian(weight=1.0)(crops, Cells(8, 8))[..., 0]
    expected = [
        block_reduce(np.abs(filters.laplace(plane)), (8, 8), np.mean)
        for plane in light.luma(crops)
    ]
    np.testing.assert_allclose(found, np.stack(expected), atol=1e-6)


def test_a_ramp_has_none_inside_and_a_spot_has_eight_times_its_height() -> None:
    ramp = np.broadcast_to(np.arange(24, dtype=np.uint8)[None, None, :, None], (1, 24, 24, 3))
    assert Laplacian(weight=1.0)(ramp, Cells(8, 8))[0, 1, 1, 0] == pytest.approx(0, abs=1e-6)
    spot = np.zeros((1, 8, 8, 3), np.uint8)
    spot[:, 4, 4] = 255
    assert Laplacian(weight=1.0)(spot, Cells(8, 8)).item() == pytest.approx(8 / 64, rel=1e-5)
