import numpy as np
import pytest

from tasks.som.best_matching_units import search

RANDOM = np.random.default_rng(3)


def brute_force(samples: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Return the order of the nodes by distance in double precision, the lowest index first among
    equals.
    """
    squared = np.zeros((len(samples), len(nodes)))
    for feature in range(samples.shape[1]):
        squared += (samples[:, feature, None].astype(np.float64) - nodes[None, :, feature]) ** 2
    return np.argsort(squared, axis=1, kind="stable")


def assert_exact(samples: np.ndarray, nodes: np.ndarray, chunk: int | None = None) -> None:
    found, order = search(samples, nodes, chunk=chunk), brute_force(samples, nodes)
    np.testing.assert_array_equal(found.best, order[:, 0])
    np.testing.assert_array_equal(found.second, order[:, 1])
    nearest = np.linalg.norm(samples.astype(np.float64) - nodes[order[:, 0]], axis=1)
    np.testing.assert_allclose(found.distance, nearest, rtol=1e-12, atol=1e-12)


def test_it_finds_the_two_nearest_nodes(samples, start) -> None:
    assert_exact(samples, start)


def test_near_ties_are_decided_in_double_precision() -> None:
    nodes = np.repeat(RANDOM.normal(size=(40, 6)), 3, axis=0)
    nodes += 1e-9 * RANDOM.normal(size=nodes.shape)
    samples = RANDOM.normal(size=(500, 6)).astype(np.float32)
    assert_exact(samples, nodes)
    assert search(samples, nodes).refined == 1.0
    assert (
        np.mean(search(samples, nodes, exact=False).best != brute_force(samples, nodes)[:, 0])
        > 0.3
    )


def test_the_lowest_index_wins_among_equal_nodes() -> None:
    nodes = np.repeat(RANDOM.normal(size=(5, 3)), 4, axis=0)
    found = search(RANDOM.normal(size=(50, 3)).astype(np.float32), nodes)
    np.testing.assert_array_equal(found.best % 4, 0)
    np.testing.assert_array_equal(found.second, found.best + 1)


@pytest.mark.parametrize(("mean", "deviation"), [(1e3, 0.1), (1e4, 1.0)])
def test_data_far_from_the_origin_are_matched_exactly(mean: float, deviation: float) -> None:
    samples = (mean + deviation * RANDOM.normal(size=(400, 8))).astype(np.float32)
    assert_exact(samples, mean + deviation * RANDOM.normal(size=(64, 8)))


def test_samples_far_from_all_nodes_are_matched_exactly() -> None:
    samples = (1e6 * RANDOM.normal(size=(300, 5))).astype(np.float32)
    assert_exact(samples, RANDOM.normal(size=(50, 5)))


def test_nodes_that_coincide_are_all_candidates() -> None:
    found = search(np.ones((3, 2), np.float32), np.zeros((4, 2)))
    assert found.best.tolist() == [0, 0, 0]
    assert found.second.tolist() == [1, 1, 1]


@pytest.mark.parametrize("chunk", [1, 7, 64, 128, 512, 5000])
def test_chunks_make_no_difference(samples, start, chunk: int) -> None:
    expected, found = search(samples, start), search(samples, start, chunk=chunk)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_plain_search_agrees_but_for_near_ties(samples, start) -> None:
    plain, exact = search(samples, start, exact=False), search(samples, start)
    assert np.mean(plain.best == exact.best) >= 0.999
    assert plain.refined == 0.0


def test_a_map_of_one_node_has_no_second_unit(samples) -> None:
    found = search(samples, np.zeros((1, 9)))
    assert set(found.best) == {0}
    assert set(found.second) == {-1}


def test_a_map_of_two_nodes_has_both(samples) -> None:
    found = search(samples, np.random.default_rng(0).normal(size=(2, 9)))
    np.testing.assert_array_equal(found.best + found.second, 1)


def test_no_samples_give_no_units(start) -> None:
    assert len(search(np.zeros((0, 9), np.float32), start).best) == 0
