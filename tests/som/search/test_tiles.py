import numpy as np
import pytest

from tasks.som.search.tiles import tiles

RANDOM = np.random.default_rng(5)


@pytest.mark.parametrize("shape", [(8, 8), (1, 37), (41, 1), (7, 3), (3, 7), (5, 9), (1, 1)])
@pytest.mark.parametrize("side", [4, 8])
def test_every_node_is_in_one_tile_and_within_its_radius(shape: tuple, side: int) -> None:
    weights = RANDOM.normal(size=(shape[0] * shape[1], 5))
    found = tiles(weights, shape, side)
    assert found.nodes.shape[1] == side**2
    np.testing.assert_array_equal(np.sort(found.nodes[found.nodes >= 0]), np.arange(len(weights)))
    for nodes, centre, radius in zip(*found, strict=True):
        distance = np.linalg.norm(weights[nodes[nodes >= 0]] - centre, axis=1)
        assert distance.max() == pytest.approx(radius, abs=1e-12)


def test_a_tile_is_a_square_of_the_lattice() -> None:
    found = tiles(RANDOM.normal(size=(64, 2)), (8, 8))
    np.testing.assert_array_equal(
        found.nodes[3].reshape(4, 4), np.arange(64).reshape(8, 8)[4:, 4:]
    )


def test_without_a_shape_tiles_are_runs() -> None:
    found = tiles(RANDOM.normal(size=(40, 2)), None)
    np.testing.assert_array_equal(found.nodes[0], np.arange(16))
    np.testing.assert_array_equal(found.nodes[2][8:], -1)
