import tracemalloc
from itertools import product

import numpy as np
import pytest

from tasks.core import registry
from tasks.som.lattices.lattice import Lattice
from tasks.som.lattices.separable import distinct, shortest
from tasks.som.registry import LATTICES, NEIGHBOURHOODS

RANDOM = np.random.default_rng(0)
KINDS = [{"name": name, "torus": torus} for name, torus in product(("rect", "hex"), (False, True))]


def lattice(kind: dict, rows: int, cols: int) -> Lattice:
    return registry.build(LATTICES, {**kind, "rows": rows, "cols": cols}, what="topology")


def positions(kind: dict, rows: int, cols: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return both coordinates of every node, and what a turn across adds to the first."""
    row, col = np.divmod(np.arange(rows * cols), cols)
    if kind["name"] == "rect":
        return row * 1.0, col * 1.0, 0.0
    shifted = (cols - 1 - col) % 2 == 0
    return row - 0.5 * shifted, col * np.sqrt(0.75), 0.5 * (cols % 2)


def all_pairs(kind: dict, rows: int, cols: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the differences of the positions of all pairs: of all ways round, the one that is
    shortest across, then along.
    """
    along, across, twist = positions(kind, rows, cols)
    down, right = along[:, None] - along, across[:, None] - across
    if not kind["torus"]:
        return down, right
    width = cols * (1.0 if kind["name"] == "rect" else np.sqrt(0.75))
    ways = list(product(range(-2, 3), repeat=2))
    downs = np.stack([down + a * rows + b * twist for a, b in ways])
    rights = np.stack([right + b * width for a, b in ways])
    best = (np.round(np.abs(rights), 9) * 1e6 + np.abs(downs)).argmin(axis=0)[None]
    return np.take_along_axis(downs, best, 0)[0], np.take_along_axis(rights, best, 0)[0]


DENSE = {
    "gaussian": lambda x, y, s: np.exp(-(x**2 + y**2) / (2 * s**2)),
    "bubble": lambda x, y, s: 1.0 * (np.maximum(np.abs(x), np.abs(y)) < s),
    "triangle": lambda x, y, s: np.clip(s - np.abs(x), 0, None) * np.clip(s - np.abs(y), 0, None),
    "mexican_hat": lambda x, y, s: (
        (1 - (x**2 + y**2) / s**2) * np.exp(-(x**2 + y**2) / (2 * s**2))
    ),
}


@pytest.mark.parametrize("name", NEIGHBOURHOODS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(("rows", "cols"), [(12, 9), (9, 12), (1, 7), (7, 1), (2, 3), (1, 1)])
def test_smoothing_equals_the_matrix_of_all_pairs(
    name: str, kind: dict, rows: int, cols: int
) -> None:
    sums = RANDOM.normal(size=(rows * cols, 5))
    neighbourhood = registry.build(NEIGHBOURHOODS, {"name": name}, what="neighbourhood")
    for sigma in (0.7, 1.0, 2.3, 6.0):
        dense = DENSE[name](*all_pairs(kind, rows, cols), sigma) @ sums
        found = lattice(kind, rows, cols).smooth(sums, neighbourhood, sigma)
        assert np.abs(found - dense).max() <= 1e-12 * max(np.abs(dense).max(), 1.0)


@pytest.mark.parametrize("name", NEIGHBOURHOODS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_differences_from_a_node_are_those_that_smoothing_takes(name: str, kind: dict) -> None:
    grid, one = lattice(kind, 6, 5), np.zeros((30, 1))
    neighbourhood = registry.build(NEIGHBOURHOODS, {"name": name}, what="neighbourhood")
    for node in range(30):
        one[:] = 0
        one[node] = 1
        terms = neighbourhood(*grid.differences(node), 2.3)
        pull = np.sum([p * q for p, q in terms], axis=0)
        np.testing.assert_allclose(
            pull.ravel(), grid.smooth(one, neighbourhood, 2.3)[:, 0], atol=1e-15
        )


@pytest.mark.parametrize("name", NEIGHBOURHOODS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_no_array_of_all_pairs_is_ever_made(name: str, kind: dict) -> None:
    side, sums = 128, np.ones((128 * 128, 1))
    neighbourhood = registry.build(NEIGHBOURHOODS, {"name": name}, what="neighbourhood")
    tracemalloc.start()
    lattice(kind, side, side).smooth(sums, neighbourhood, 8.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 64 * side * side * 8


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(
    ("rows", "cols"), [(4, 5), (5, 4), (3, 3), (1, 6), (6, 1), (2, 2), (1, 1), (2, 5)]
)
def test_neighbours_and_adjacent_nodes_are_those_one_step_away(
    kind: dict, rows: int, cols: int
) -> None:
    grid = lattice(kind, rows, cols)
    down, right = np.abs(all_pairs(kind, rows, cols))
    near = np.maximum(down, right) if kind["name"] == "rect" else np.hypot(down, right)
    expected = near < 1.1
    first, second = np.divmod(np.arange((rows * cols) ** 2), rows * cols)
    np.testing.assert_array_equal(grid.adjacent(first, second).reshape(expected.shape), expected)
    for node, around in enumerate(grid.neighbours()):
        named = around[around >= 0].tolist()
        assert sorted([*named, node]) == np.flatnonzero(expected[node]).tolist()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind["torus"]], ids=str)
@pytest.mark.parametrize(("rows", "cols"), [(12, 9), (9, 12)])
def test_no_node_of_a_torus_lacks_a_neighbour(kind: dict, rows: int, cols: int) -> None:
    assert (lattice(kind, rows, cols).neighbours() >= 0).all()


def test_the_shortest_way_round_is_half_the_circle_at_most() -> None:
    steps = np.arange(-30.0, 31.0)
    found = shortest(steps, 12)
    assert np.abs(found).max() == 6
    np.testing.assert_array_equal((found - steps) % 12, 0)


def test_a_neighbour_is_named_once() -> None:
    found = distinct(np.array([[1, 1, 0, -1], [0, 1, 0, 0]]))
    assert found.tolist() == [[1, -1, -1, -1], [0, -1, -1, -1]]
