import numpy as np

from tasks.features.cells import Cells
from tasks.features.position import Position


def test_cells_lie_at_the_middle_of_their_blocks() -> None:
    places = Position(weight=1.0)(np.zeros((2, 8, 16, 3), np.uint8), Cells(8, 4))
    np.testing.assert_allclose(places[1, :, :, 0], [[0.125, 0.375, 0.625, 0.875]] * 2)
    np.testing.assert_allclose(places[0, :, :, 1], [[0.25] * 4, [0.75] * 4])
