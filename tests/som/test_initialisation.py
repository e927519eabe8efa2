import numpy as np
from sklearn.decomposition import PCA

from tasks.som.initialisation import principal_plane
from tasks.som.lattice import Rect

RANDOM = np.random.default_rng(2)


def test_corners_lie_one_standard_deviation_along_both_components() -> None:
    table = RANDOM.normal(size=(4000, 5)) @ RANDOM.normal(size=(5, 5)) + 3
    table = np.rint(table * 256) / 256
    reference = PCA(2).fit(table)
    spread = np.sqrt(reference.explained_variance_ * (len(table) - 1) / len(table))
    axes = reference.components_ * spread[:, None]
    axes *= np.sign(axes[[0, 1], np.abs(axes).argmax(axis=1)])[:, None]
    weights = principal_plane(table, Rect(5, 7)).reshape(5, 7, 5)
    np.testing.assert_allclose(weights[4, 6], table.mean(axis=0) + axes[0] + axes[1], rtol=1e-9)
    np.testing.assert_allclose(weights[0, 6], table.mean(axis=0) - axes[0] + axes[1], rtol=1e-9)
    np.testing.assert_allclose(weights[2, 3], table.mean(axis=0), rtol=1e-9)


def test_the_order_of_the_samples_makes_no_difference(samples) -> None:
    shuffled = RANDOM.permutation(samples)
    first, second = (principal_plane(table, Rect(6, 4)) for table in (samples, shuffled))
    np.testing.assert_array_equal(first, second)


def test_samples_without_spread_put_all_nodes_in_one_place() -> None:
    weights = principal_plane(np.full((20, 3), 1.5), Rect(3, 3))
    np.testing.assert_allclose(weights, 1.5)


def test_one_feature_spreads_along_rows_only() -> None:
    weights = principal_plane(RANDOM.normal(size=(50, 1)), Rect(3, 3)).reshape(3, 3)
    assert np.ptp(weights, axis=0).min() > 0
    np.testing.assert_array_equal(np.ptp(weights, axis=1), 0)


def test_a_map_of_one_node_sits_at_the_mean(samples) -> None:
    np.testing.assert_allclose(
        principal_plane(samples, Rect(1, 1))[0], samples.mean(axis=0), atol=1e-3
    )
