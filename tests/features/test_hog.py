import numpy as np
import pytest
from skimage import feature

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.hog import Hog, polar


@pytest.mark.parametrize("orientations", [4, 9])
def test_inner_cells_equal_scikit_images_histograms(crops: np.ndarray, orientations: int) -> None:
    found = Hog(weight=1.0, orientations=orientations, floor=1e-6)(crops[:12], Cells(8, 8))
    for luma, mine in zip(light.luma(crops[:12]), found, strict=True):
        theirs = feature.hog(
            luma.astype(np.float64),
            orientations=orientations,
            pixels_per_cell=(8, 8),
            cells_per_block=(1, 1),
            block_norm="L2",
            feature_vector=False,
        )[:, :, 0, 0]
        np.testing.assert_allclose(mine[1:-1, 1:-1], theirs[1:-1, 1:-1], atol=5e-3)


@pytest.mark.parametrize(("axis", "bin_"), [(2, 0), (1, 2)])
def test_a_ramp_fills_the_bin_of_its_direction(axis: int, bin_: int) -> None:
    ramp = np.moveaxis(np.broadcast_to(np.arange(0, 160, 10), (16, 16)), -1, axis - 1)
    picture = ramp[None, :, :, None].repeat(3, axis=-1).astype(np.uint8)
    found = Hog(weight=1.0, orientations=4, floor=1e-4)(picture, Cells(16, 16))[0, 0, 0]
    np.testing.assert_allclose(found, np.eye(4)[bin_], atol=1e-4)


def test_contrast_does_not_count_but_rounding_in_flat_cells_does_not_either() -> None:
    generator = np.random.default_rng(0)
    strong = generator.integers(0, 2, (1, 16, 16, 1)).repeat(3, axis=-1)
    chosen = Hog(weight=1.0, orientations=9, floor=0.01)
    bright, faint = (
        chosen((128 + height * strong).astype(np.uint8), Cells(16, 16)) for height in (100, 50)
    )
    np.testing.assert_allclose(bright, faint, atol=0.01)
    rounding = chosen((128 + strong).astype(np.uint8), Cells(16, 16))
    assert np.linalg.norm(rounding) < 0.5 * np.linalg.norm(bright)


def test_magnitude_is_the_difference_across_two_pixels() -> None:
    ramp = np.broadcast_to(np.linspace(0, 1, 11, dtype=np.float32), (1, 11, 11)).copy()
    np.testing.assert_allclose(polar(ramp, 9)[0][0, 5, 1:-1], 0.2, atol=1e-6)
