"""The spline that enlarges fields."""

import numpy as np
import pytest

from tasks.video.motions.spline import along, resized


@pytest.mark.parametrize("cells", [2, 3, 4, 16])
def test_straight_lines_stay_straight_to_the_border(cells: int) -> None:
    place = (np.arange(cells) + 0.5) / cells
    wanted = (np.arange(40) + 0.5) / 40
    np.testing.assert_allclose(along(place, 40), wanted, atol=1e-12)


def test_the_values_at_the_centres_are_kept() -> None:
    field = np.random.default_rng(0).standard_normal((6, 5, 2))
    fine = resized(field, 18, 15)  # every cell's centre is the centre of a pixel
    np.testing.assert_allclose(fine[1::3, 1::3], field, atol=1e-12)


def test_smooth_fields_are_enlarged_with_their_slopes() -> None:
    place = (np.arange(24) + 0.5) / 24
    fine = along(np.sin(2 * np.pi * place), 480)
    wanted = 2 * np.pi * np.cos(2 * np.pi * (np.arange(480) + 0.5) / 480)
    inside = slice(40, -40)  # at the ends a natural spline has no curvature
    np.testing.assert_allclose((np.gradient(fine) * 480)[inside], wanted[inside], atol=0.05)


def test_a_single_cell_fills_the_picture() -> None:
    assert np.array_equal(resized(np.full((1, 1, 2), 3.0), 4, 5), np.full((4, 5, 2), 3.0))
