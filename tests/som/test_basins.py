import numpy as np
import pytest

from tasks.som.basins import basins, descend
from tasks.som.lattices.lattice import Rect

VALLEYS = np.array(
    [
        [1.0, 2.0, 9.0, 3.0, 2.5],
        [2.0, 3.0, 9.0, 4.0, 3.0],
        [8.0, 8.0, 9.0, 4.5, 5.0],
        [3.0, 4.0, 9.0, 4.2, 3.6],
        [0.5, 4.0, 9.0, 4.0, 3.5],
    ]
)
"""Four valleys in the corners: (0, 0), (0, 4), (4, 0), (4, 4). The shallowest is (4, 4), open to
(0, 4) at 4.5.
"""


def labels(clusters: int) -> list[list[int]]:
    return basins(VALLEYS, Rect(5, 5), clusters).cluster.tolist()


def test_every_node_drains_into_the_valley_below_it() -> None:
    found = basins(VALLEYS, Rect(5, 5), 25)
    assert sorted(set(map(tuple, found.seat.reshape(-1, 2).tolist()))) == [
        (0, 0),
        (0, 4),
        (4, 0),
        (4, 4),
    ]
    assert found.cluster[:2, :2].tolist() == [[0, 0], [0, 0]]
    assert found.cluster[:2, 3:].tolist() == [[1, 1], [1, 1]]
    assert found.cluster[3:, :2].tolist() == [[2, 2], [2, 2]]
    assert found.cluster[3:, 3:].tolist() == [[3, 3], [3, 3]]


def test_a_ridge_goes_the_steepest_way_down() -> None:
    assert basins(VALLEYS, Rect(5, 5), 25).cluster[:, 2].tolist() == [0, 0, 0, 2, 2]
    heights = np.array([[0.0, 5.0, 1.0]])
    assert basins(heights, Rect(1, 3), 3).cluster.tolist() == [[0, 0, 1]]


def test_the_shallowest_valley_overflows_first() -> None:
    found = basins(VALLEYS, Rect(5, 5), 3)
    assert found.cluster[4, 4] == found.cluster[0, 4] == 1
    assert found.seat[4, 4].tolist() == [0, 4]
    assert len(set(found.cluster.ravel())) == 3


def test_the_lower_seat_remains_until_one_is_left() -> None:
    found = basins(VALLEYS, Rect(5, 5), 1)
    assert set(found.cluster.ravel()) == {0}
    assert found.seat[2, 2].tolist() == [4, 0]


@pytest.mark.parametrize("clusters", range(1, 30))
def test_no_more_clusters_than_asked_for_remain_and_they_nest(clusters: int) -> None:
    heights = np.random.default_rng(1).random((9, 11))
    coarse = basins(heights, Rect(9, 11), clusters).cluster
    fine = basins(heights, Rect(9, 11), clusters + 1).cluster
    assert coarse.max() + 1 <= clusters
    assert all(len(set(coarse[fine == index])) == 1 for index in range(fine.max() + 1))


def test_seats_are_the_lowest_nodes_of_their_basins() -> None:
    heights = np.random.default_rng(1).random((9, 11))
    found = basins(heights, Rect(9, 11), 6)
    for index in range(found.cluster.max() + 1):
        inside = found.cluster == index
        row, col = found.seat[inside][0]
        assert heights[row, col] == heights[inside].min()
        assert (found.seat[inside] == [row, col]).all()


def test_basins_are_connected() -> None:
    from scipy.ndimage import label

    heights = np.random.default_rng(4).random((16, 16))
    cluster = basins(heights, Rect(16, 16), 8).cluster
    for index in range(cluster.max() + 1):
        assert label(cluster == index, structure=np.ones((3, 3)))[1] == 1


def test_equal_heights_give_one_basin() -> None:
    found = basins(np.ones((4, 4)), Rect(4, 4), 16)
    assert set(found.cluster.ravel()) == {0}


def test_descent_from_a_minimum_stays_there() -> None:
    assert descend(np.array([0, 1, 2]), Rect(1, 3).neighbours()).tolist() == [0, 0, 0]


def test_less_than_one_cluster_is_refused() -> None:
    with pytest.raises(ValueError, match="clusters is 0"):
        basins(VALLEYS, Rect(5, 5), 0)
