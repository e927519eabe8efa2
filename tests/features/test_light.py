import numpy as np
from skimage import color

from tasks.features import light


def test_lab_equals_scikit_image(crops: np.ndarray) -> None:
    ours = np.stack(light.lab(crops), axis=-1)
    np.testing.assert_allclose(ours, color.rgb2lab(crops), atol=2e-3)


def test_luminance_is_the_y_of_ciexyz(crops: np.ndarray) -> None:
    np.testing.assert_allclose(light.luminance(crops), color.rgb2xyz(crops)[..., 1], atol=1e-4)


def test_luma_equals_scikit_image(crops: np.ndarray) -> None:
    weights = np.array(light.BT709)
    np.testing.assert_allclose(light.luma(crops), crops / 255 @ weights, atol=1e-6)
    np.testing.assert_allclose(light.luma(crops), color.rgb2gray(crops), atol=2e-4)


def test_black_is_0_and_white_is_1() -> None:
    ends = np.array([[[[0, 0, 0], [255, 255, 255]]]], dtype=np.uint8)
    np.testing.assert_allclose(light.luma(ends)[0, 0], [0, 1], atol=1e-6)
    np.testing.assert_allclose(light.luminance(ends)[0, 0], [0, 1], atol=1e-6)
    np.testing.assert_allclose(light.lab(ends)[0][0, 0], [0, 100], atol=1e-3)
