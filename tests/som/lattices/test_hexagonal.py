import numpy as np
import pytest
from minisom import MiniSom

from tasks.som.basins import basins
from tasks.som.lattices.hexagonal import SPACING, Hex
from tasks.som.neighbourhoods.mexican_hat import MexicanHat
from tasks.som.neighbourhoods.neighbourhood import Gaussian


@pytest.mark.parametrize(("rows", "cols"), [(12, 9), (9, 12), (5, 4)])
@pytest.mark.parametrize(
    ("name", "variant"), [("gaussian", Gaussian()), ("mexican_hat", MexicanHat())]
)
def test_round_neighbourhoods_equal_minisoms(rows: int, cols: int, name: str, variant) -> None:
    minisom = MiniSom(rows, cols, 1, topology="hexagonal", neighborhood_function=name)
    for node in range(rows * cols):
        terms = variant(*Hex(rows, cols).differences(node), 1.7)
        pull = np.sum([p * q for p, q in terms], axis=0)
        expected = minisom.neighborhood(divmod(node, cols), 1.7)
        np.testing.assert_allclose(pull, expected, atol=1e-14, rtol=0)


@pytest.mark.parametrize("torus", [False, True])
@pytest.mark.parametrize("cols", [5, 6])
def test_tangents_of_a_plane_are_its_slopes_at_right_angles(torus: bool, cols: int) -> None:
    row, col = np.divmod(np.arange(7 * cols), cols)
    along = row - 0.5 * ((cols - 1 - col) % 2 == 0)
    plane = np.stack([2.0 * along + 3.0 * SPACING * col, along], axis=1)
    found = Hex(7, cols, torus).tangents(plane).reshape(7, cols, 2, 2)
    inner = found[1:-1, 1:-1] if torus else found
    expected = np.broadcast_to([[2.0, 1.0], [3.0 * SPACING, 0.0]], inner.shape)
    np.testing.assert_allclose(inner, expected, atol=1e-12)


@pytest.mark.parametrize("cols", [5, 6])
def test_tangents_on_a_torus_do_not_know_where_it_is_cut(cols: int) -> None:
    grid = np.random.default_rng(0).normal(size=(7, cols, 3))
    tangents = Hex(7, cols, True).tangents(grid.reshape(-1, 3)).reshape(7, cols, 2, 3)
    rolled = np.roll(grid, 2, axis=0)
    found = Hex(7, cols, True).tangents(rolled.reshape(-1, 3)).reshape(7, cols, 2, 3)
    np.testing.assert_allclose(found, np.roll(tangents, 2, axis=0), atol=1e-12)
    if cols % 2 == 0:
        rolled = np.roll(grid, 2, axis=1)
        found = Hex(7, cols, True).tangents(rolled.reshape(-1, 3)).reshape(7, cols, 2, 3)
        np.testing.assert_allclose(found, np.roll(tangents, 2, axis=1), atol=1e-12)


def test_an_axis_of_one_node_has_no_tangent() -> None:
    grid = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(Hex(4, 1).tangents(grid)[:, 1], 0)
    np.testing.assert_array_equal(Hex(1, 4).tangents(grid)[:, 0], 0)


def test_basins_are_connected_by_hexagonal_steps() -> None:
    heights = np.random.default_rng(4).random((12, 12))
    for torus in (False, True):
        grid = Hex(12, 12, torus)
        found, around = basins(heights, grid, 5), grid.neighbours()
        label = found.cluster.ravel()
        assert label.max() == 4
        for index in range(5):
            seat = found.seat[found.cluster == index][0]
            reached = {int(seat[0] * 12 + seat[1])}
            while True:
                further = {
                    int(node)
                    for place in reached
                    for node in around[place]
                    if node >= 0 and label[node] == index
                } | reached
                if further == reached:
                    break
                reached = further
            assert reached == set(np.flatnonzero(label == index))
