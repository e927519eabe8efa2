import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tasks.core import registry
from tasks.som.lattices.lattice import Rect
from tasks.som.registry import INITIALISATIONS
from tasks.som.samples.source import Table
from tasks.som.starts.initialisation import Pca, principal_plane

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


@pytest.mark.parametrize("name", ["pca", "sample", "random"])
def test_blocks_make_no_difference(name: str, samples) -> None:
    np.testing.assert_array_equal(begin(name, Table(samples, 100)), begin(name, samples))


def begin(name: str, values: Any, seed: int = 0, **fields) -> np.ndarray:
    start = registry.build(INITIALISATIONS, {"name": name, **fields}, what="init")
    return start(values, Rect(4, 5), np.random.default_rng(seed))


def test_the_start_pca_is_the_principal_plane(samples) -> None:
    np.testing.assert_array_equal(begin("pca", samples), principal_plane(samples, Rect(4, 5)))


def test_pca_without_any_spread_starts_at_samples_and_warns() -> None:
    with pytest.warns(UserWarning, match="no spread"):
        found = Pca()(np.full((9, 3), 2.5), Rect(4, 5), np.random.default_rng(0))
    np.testing.assert_array_equal(found, np.full((20, 3), 2.5))


def test_pca_with_spread_in_one_direction_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        begin("pca", np.outer(np.arange(9.0), np.ones(3)))


def test_the_start_sample_puts_nodes_at_different_samples() -> None:
    values = RANDOM.normal(size=(20, 3)).astype(np.float32)
    found = begin("sample", values)
    assert {tuple(row) for row in found} == {tuple(row) for row in values.astype(np.float64)}
    assert len(begin("sample", values[:3])) == 20


def test_the_start_random_fills_the_box_of_the_samples() -> None:
    values = RANDOM.normal(size=(500, 2)) * [1, 100]
    found = begin("random", values)
    assert (found >= values.min(axis=0)).all()
    assert (found <= values.max(axis=0)).all()
    assert (np.ptp(found, axis=0) > 0.5 * np.ptp(values, axis=0)).all()


@pytest.mark.parametrize("name", ["sample", "random"])
def test_chance_repeats_itself(name: str, samples) -> None:
    np.testing.assert_array_equal(begin(name, samples, 3), begin(name, samples, 3))
    assert not np.array_equal(begin(name, samples, 3), begin(name, samples, 4))


@pytest.mark.parametrize("shape", [(4, 5, 9), (20, 9)])
def test_the_start_array_is_taken_as_it_is_and_not_changed(shape: tuple, samples) -> None:
    weights = RANDOM.normal(size=shape)
    found = begin("array", samples, weights=weights)
    np.testing.assert_array_equal(found, weights.reshape(20, 9))
    found[:] = 0
    assert np.abs(weights).min() > 0


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.zeros((5, 4, 9)), r"init is an array float64 \(5, 4, 9\); expected numbers of shape"),
        (np.full((20, 9), np.nan), "init holds NaN"),
        ([["a"] * 9] * 20, "init is an array"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message: str, samples) -> None:
    with pytest.raises(ValueError, match=message):
        begin("array", samples, weights=weights)
