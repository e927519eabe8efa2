import cv2
import numpy as np
import pytest
from skimage import data, feature

from tasks.features import light
from tasks.features.canny import Canny, edges
from tasks.features.cells import Cells


def near(mask: np.ndarray) -> np.ndarray:
    """Return the pixels within one pixel of `mask`."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


@pytest.mark.parametrize("image", [data.astronaut()[:256, :256], data.coffee()[:256, 100:356]])
def test_edges_are_those_of_scikit_image_up_to_a_pixel(image: np.ndarray) -> None:
    luma, low, high = light.luma(image[None])[0], 0.02, 0.06
    ours = edges(luma, 1.5, low, high) > 0
    # scikit-image's gradients are sums over Sobel's kernels, 8 for a slope of 1.
    theirs = feature.canny(
        luma.astype(np.float64), sigma=1.5, low_threshold=8 * low, high_threshold=8 * high
    )
    assert (ours & near(theirs)).sum() > 0.95 * ours.sum()
    assert (theirs & near(ours)).sum() > 0.95 * theirs.sum()


def test_a_step_is_one_line() -> None:
    step = np.zeros((1, 32, 32, 3), np.uint8)
    step[:, :, 16:] = 200
    share = Canny(weight=1.0, sigma=1.0, low=0.02, high=0.05)(step, Cells(16, 16))
    assert share.sum() * 256 == pytest.approx(32, abs=2)
    assert share[0, :, :, 0].max(axis=0).min() == pytest.approx(0, abs=0.01)


def test_only_chains_that_reach_the_upper_threshold_are_kept() -> None:
    fading = np.zeros((64, 32), np.float32)
    fading[:, 16:] = np.linspace(1, 0.25, 64)[:, None]
    followed, cut_off = (edges(fading, 1.0, low, 0.2)[50:60].sum() for low in (0.03, 0.15))
    assert followed == 10
    assert cut_off == 0
    assert edges(0.5 * fading, 1.0, 0.03, 0.2).sum() == 0


def test_thresholds_are_gradients_a_pixel() -> None:
    """The steepest slope of a smoothed step of height 1 is about 1 / (√(2π) σ)."""
    step = np.zeros((32, 32), np.float32)
    step[:, 16:] = 1.0
    slope = 1 / (np.sqrt(2 * np.pi) * 3.0)
    assert edges(step, 3.0, 0.9 * slope, 0.9 * slope).any()
    assert not edges(step, 3.0, 1.1 * slope, 1.1 * slope).any()


def test_a_lower_threshold_above_the_upper_is_refused() -> None:
    with pytest.raises(ValueError, match=r"low is 0\.2, above high 0\.1"):
        Canny(weight=1.0, sigma=1.0, low=0.2, high=0.1)
