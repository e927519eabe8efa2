"""Basins of attraction and their neighbourhoods."""

import numpy as np
import pytest

from tasks.impressions.basins import Basins
from tasks.som.lattices.lattice import Rect


def lattice(rows: int, cols: int, basins: int, seed: int) -> Basins:
    """Return a lattice whose nodes belong to the nearest of a few random seats."""
    rng = np.random.default_rng(seed)
    seats = np.stack(np.divmod(rng.choice(rows * cols, basins, replace=False), cols), axis=-1)
    place = np.stack(np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij"), axis=-1)
    cluster = np.abs(place[:, :, None] - seats).sum(axis=-1).argmin(axis=-1)
    return Basins(
        cluster.astype(np.int32), seats[cluster].astype(np.int32), Rect(rows, cols).neighbours()
    )


def touching(cluster: np.ndarray) -> np.ndarray:
    """Return by plain enumeration which basins are the same or meet at one of the eight neighbours
    of a node.
    """
    count = cluster.max() + 1
    found = np.eye(count, dtype=bool)
    for row in range(cluster.shape[0]):
        for col in range(cluster.shape[1]):
            around = cluster[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
            found[cluster[row, col], around.ravel()] = True
    return found


@pytest.mark.parametrize(
    ("rows", "cols", "basins"), [(7, 9, 8), (12, 5, 15), (1, 6, 3), (6, 1, 3), (1, 1, 1)]
)
def test_adjacency_equals_plain_enumeration(rows, cols, basins):
    found = lattice(rows, cols, basins, seed=rows)
    np.testing.assert_array_equal(found.adjacent, touching(found.cluster))


def test_basins_that_meet_only_at_a_corner_are_adjacent():
    cluster = np.array([[0, 1], [2, 3]])
    seat = np.stack(np.meshgrid([0, 1], [0, 1], indexing="ij"), axis=-1)
    assert Basins(cluster, seat, Rect(2, 2).neighbours()).adjacent.all()


@pytest.mark.parametrize("precision", [np.float16, np.float32])
def test_the_fractions_of_a_seat_lead_back_to_its_basin(precision):
    found = lattice(61, 47, 40, seed=1)
    row, col = (found.seat[..., axis] / found.spans[axis] for axis in (0, 1))
    np.testing.assert_array_equal(
        found.of(row.astype(precision), col.astype(precision)), found.cluster
    )
