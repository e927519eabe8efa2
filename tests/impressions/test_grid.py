"""The map of one picture."""

import numpy as np

from tasks.features.extract import build, extract
from tasks.impressions.grid import view, with_position

CHOICES = [{"name": "lab", "weight": 1.0}, {"name": "position", "weight": 0.1}]


def halves() -> np.ndarray:
    """Return a picture whose left is red and whose right is blue, the lower half darker."""
    picture = np.zeros((1, 64, 64, 3), np.uint8)
    picture[0, :, :32, 0], picture[0, :, 32:, 2] = 220, 220
    picture[0, 32:] //= 2
    return picture


def test_the_view_is_laid_out_as_the_picture_is():
    extraction = extract(halves(), build(with_position(CHOICES, 2.0)), 8, 4)
    shown = view(extraction, (8, 8), 10).astype(int)
    assert shown.shape == (8, 8, 3)
    assert (shown[:, :3, 0] > shown[:, :3, 2] + 50).all()
    assert (shown[:, 5:, 2] > shown[:, 5:, 0] + 50).all()
    assert (shown[:3].sum(axis=-1) > shown[5:].sum(axis=-1) + 50).all()


def test_the_view_repeats_itself_byte_for_byte():
    extraction = extract(halves(), build(with_position(CHOICES, 2.0)), 8, 4)
    np.testing.assert_array_equal(view(extraction, (6, 9), 5), view(extraction, (6, 9), 5))


def test_position_takes_the_weight_that_the_view_gives_it():
    assert with_position(CHOICES, 2.0) == [
        {"name": "lab", "weight": 1.0},
        {"name": "position", "weight": 2.0},
    ]
    assert with_position(CHOICES[:1], 2.0)[-1] == {"name": "position", "weight": 2.0}
