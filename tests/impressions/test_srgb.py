"""The way back from CIELAB to sRGB."""

import numpy as np
from skimage.color import lab2rgb

from tasks.features import light
from tasks.impressions import srgb


def every_colour(step: int) -> np.ndarray:
    """Return a lattice of 8-bit colours that spans the gamut, as pictures of one row."""
    levels = np.arange(0, 256, step, dtype=np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, 1, -1, 3)


def test_a_colour_survives_the_way_to_lab_and_back():
    pictures = every_colour(17)
    back = srgb.from_lab(*(channel.ravel() for channel in light.lab(pictures)))
    np.testing.assert_allclose(back, pictures.reshape(-1, 3) / 255, atol=5e-4)


def test_colours_agree_with_scikit_image():
    lab = np.random.default_rng(0).uniform((5, -40, -40), (95, 40, 40), (500, 3))
    np.testing.assert_allclose(srgb.from_lab(*lab.T), lab2rgb(lab), atol=2e-4)


def test_grey_18_percent_is_stored_as_the_standard_says():
    np.testing.assert_allclose(
        srgb.stored(np.array([0.0, 0.18, 1.0])), [0.0, 0.46135, 1.0], atol=1e-4
    )


def test_colours_outside_the_gamut_are_clipped_to_it():
    values = srgb.from_lab(
        np.array([0.0, 100.0, 50.0]), np.array([0.0, 0.0, 127.0]), np.array([0.0, 0.0, -127.0])
    )
    assert values.min() >= 0
    assert values.max() <= 1
    np.testing.assert_allclose(values[0], 0, atol=1e-6)
