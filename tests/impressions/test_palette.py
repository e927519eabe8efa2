"""Palettes: colours are moved, light is not."""

import numpy as np

from tasks.features import light
from tasks.impressions import palette


def picture(seed: int, tint: tuple[float, float, float]) -> np.ndarray:
    """Return a picture of muted colours around a tint."""
    noise = np.random.default_rng(seed).normal(0, 12, (24, 32, 3))
    slope = np.linspace(-40, 40, 32)[None, :, None]
    return np.clip(np.array(tint) + noise + slope, 0, 255).astype(np.uint8)


def moments(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    colours = np.stack(light.lab(pixels)[1:], -1).reshape(-1, 2).astype(np.float64)
    return colours.mean(0), np.cov(colours, rowvar=False)


def test_a_picture_gets_the_colours_of_another_and_keeps_its_light() -> None:
    own, other = picture(0, (120, 125, 140)), picture(1, (135, 115, 105))
    moved = palette.moved(own, other)
    for found, wanted in zip(moments(moved), moments(other), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1.5)
    assert np.abs(light.lab(moved)[0] - light.lab(own)[0]).max() < 1.0


def test_nothing_is_moved_by_no_share_and_grey_pictures_are_borne() -> None:
    own, grey = picture(0, (120, 125, 140)), np.full((8, 8, 3), 90, np.uint8)
    assert np.abs(palette.moved(own, grey, 0.0).astype(int) - own).max() <= 1
    whole = palette.moved(own, grey)
    assert np.abs(np.stack(light.lab(whole)[1:])).max() < 2.0
    assert np.isfinite(palette.moved(grey, own)).all()
