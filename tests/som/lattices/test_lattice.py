import numpy as np
import pytest

from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian


@pytest.mark.parametrize(("rows", "cols"), [(12, 9), (9, 12), (1, 7), (7, 1), (1, 1)])
@pytest.mark.parametrize("sigma", [0.4, 1.0, 5.0])
def test_separable_smoothing_equals_the_matrix_of_all_pairs(
    rows: int, cols: int, sigma: float
) -> None:
    sums = np.random.default_rng(0).normal(size=(rows * cols, 5))
    row, col = np.divmod(np.arange(rows * cols), cols)
    squared = (row[:, None] - row) ** 2 + (col[:, None] - col) ** 2
    dense = np.exp(-squared / (2 * sigma**2)) @ sums
    np.testing.assert_allclose(
        Rect(rows, cols).smooth(sums, Gaussian(), sigma), dense, rtol=1e-12, atol=1e-12
    )


def test_neighbours_are_the_adjacent_nodes() -> None:
    lattice = Rect(4, 5)
    first, second = np.divmod(np.arange(400), 20)
    adjacent = lattice.adjacent(first, second).reshape(20, 20)
    for node, around in enumerate(lattice.neighbours()):
        assert set(around[around >= 0]) | {node} == set(np.flatnonzero(adjacent[node]))
    assert np.count_nonzero(lattice.neighbours()[0] >= 0) == 3
    assert np.count_nonzero(lattice.neighbours()[7] >= 0) == 8


def test_the_row_does_not_wrap_into_the_next() -> None:
    assert not Rect(4, 5).adjacent(np.array([4]), np.array([5]))[0]


def test_tangents_of_a_plane_are_its_slopes() -> None:
    row, col = np.divmod(np.arange(20), 5)
    weights = np.stack([2.0 * row, 3.0 * col, row - col], axis=1)
    expected = np.broadcast_to([[2.0, 0.0, 1.0], [0.0, 3.0, -1.0]], (20, 2, 3))
    np.testing.assert_allclose(Rect(4, 5).tangents(weights), expected)


def test_there_is_no_tangent_along_an_axis_of_one_node() -> None:
    tangents = Rect(1, 4).tangents(np.random.default_rng(0).normal(size=(4, 3)))
    np.testing.assert_array_equal(tangents[:, 0], 0)
    assert np.abs(tangents[:, 1]).min() > 0


def test_on_a_torus_opposite_borders_are_next_to_each_other() -> None:
    torus = Rect(4, 5, torus=True)
    assert torus.adjacent(np.array([0, 0, 0, 0]), np.array([4, 15, 19, 2])).tolist() == [
        True,
        True,
        True,
        False,
    ]
    assert set(torus.neighbours()[0]) == {19, 15, 16, 4, 1, 9, 5, 6}


def test_tangents_on_a_torus_do_not_know_where_it_is_cut() -> None:
    grid = np.random.default_rng(0).normal(size=(4, 5, 3))
    rolled = np.roll(grid, (1, 2), axis=(0, 1)).reshape(20, 3)
    found = Rect(4, 5, torus=True).tangents(rolled).reshape(4, 5, 2, 3)
    expected = Rect(4, 5, torus=True).tangents(grid.reshape(20, 3)).reshape(4, 5, 2, 3)
    np.testing.assert_allclose(found, np.roll(expected, (1, 2), axis=(0, 1)))
