import numpy as np
import pytest
from skimage import filters

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.sobel import Sobel, gradient

PIXELS = Cells(1, 1)


def grating(angle: float) -> np.ndarray:
    """One picture whose luma changes along `angle` (radians, from x towards y)."""
    y, x = np.mgrid[0:32, 0:32]
    wave = 127 + 100 * np.sin(0.4 * (x * np.cos(angle) + y * np.sin(angle)))
    return np.repeat(np.rint(wave).astype(np.uint8)[None, :, :, None], 3, axis=-1)


def test_the_gradient_is_half_of_scikit_images_sobel(crops: np.ndarray) -> None:
    luma = light.luma(crops)
    g_x, g_y = gradient(luma)
    for index, plane in enumerate(luma):
        np.testing.assert_allclose(2 * g_x[index], filters.sobel_v(plane), atol=1e-6)
        np.testing.assert_allclose(2 * g_y[index], filters.sobel_h(plane), atol=1e-6)


def test_a_ramp_has_its_own_slope() -> None:
    ramp = np.broadcast_to(
        np.arange(0, 160, 5, dtype=np.uint8)[None, None, :, None], (1, 32, 32, 3)
    )
    edge = Sobel(weight=1.0)(np.ascontiguousarray(ramp), Cells(8, 8))[0, 1, 1]
    np.testing.assert_allclose(edge, [5 / 255, 5 / 255, 0], atol=1e-6)


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 120, 179])
def test_orientation_is_the_double_angle_of_the_change(degrees: int) -> None:
    angle = np.deg2rad(degrees)
    magnitude, cos2, sin2 = Sobel(weight=1.0)(grating(angle), Cells(16, 16))[0, 0, 0]
    np.testing.assert_allclose(
        [cos2 / magnitude, sin2 / magnitude], [np.cos(2 * angle), np.sin(2 * angle)], atol=0.03
    )


def test_opposite_edges_do_not_cancel_but_crossed_ones_do() -> None:
    line = np.full((1, 16, 16, 3), 200, np.uint8)
    line[:, :, 7:9] = 50
    magnitude, cos2, _ = Sobel(weight=1.0)(line, Cells(16, 16))[0, 0, 0]
    assert cos2 == pytest.approx(magnitude, rel=1e-6)
    crossed = line.copy()
    crossed[:, 7:9] = 50
    magnitude, cos2, sin2 = Sobel(weight=1.0)(crossed, Cells(16, 16))[0, 0, 0]
    assert np.hypot(cos2, sin2) < 0.1 * magnitude


def test_flat_pictures_have_no_edges(crops: np.ndarray) -> None:
    np.testing.assert_array_equal(Sobel(weight=1.0)(crops[-2:], Cells(8, 4)), 0)


def test_pixels_keep_the_magnitude_in_the_pair(crops: np.ndarray) -> None:
    magnitude, cos2, sin2 = np.moveaxis(Sobel(weight=1.0)(crops, PIXELS), -1, 0)
    np.testing.assert_allclose(np.hypot(cos2, sin2), magnitude, atol=1e-6)
