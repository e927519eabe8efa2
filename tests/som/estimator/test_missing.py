from functools import partial

import numpy as np
import pytest
from sklearn.metrics.pairwise import nan_euclidean_distances

from tasks.som import training
from tasks.som.estimator import missing
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples import source
from tasks.som.search.best_matching_units import search

train = partial(training.train, tally=missing.tallied)
RANDOM = np.random.default_rng(6)
LATTICE = Rect(12, 9)
SIGMAS = (4.0, 2.0, 1.0)


@pytest.fixture
def holed(samples) -> np.ndarray:
    """A fifth of the values missing, and two samples without any value."""
    values = np.where(RANDOM.random(samples.shape) < 0.2, np.float32(np.nan), samples)
    values[[7, 400]] = np.nan
    return values


def test_units_and_distances_are_those_of_the_known_features(holed, start) -> None:
    some = ~np.isnan(holed).all(axis=1)
    distances = nan_euclidean_distances(holed[some].astype(np.float64), start)
    found = missing.match(holed, start)
    order = np.argsort(distances, axis=1, kind="stable")
    np.testing.assert_array_equal(found.best[some], order[:, 0])
    np.testing.assert_array_equal(found.second[some], order[:, 1])
    np.testing.assert_allclose(found.distance[some], distances.min(axis=1), rtol=1e-7)


def test_a_sample_without_values_has_no_unit(holed, start) -> None:
    found = missing.match(holed, start)
    assert np.flatnonzero(found.best < 0).tolist() == [7, 400]
    assert np.isnan(found.distance[[7, 400]]).all()


@pytest.mark.parametrize("chunk", [1, 50, 5000])
def test_chunks_make_no_difference(holed, start, chunk: int) -> None:
    for ours, theirs in zip(
        missing.match(holed, start), missing.match(holed, start, chunk=chunk), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_complete_samples_have_the_plain_searchs_units_bit_for_bit(samples, start) -> None:
    for ours, theirs in zip(missing.match(samples, start), search(samples, start), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_lowest_of_equal_nodes_wins() -> None:
    nodes = np.repeat(RANDOM.normal(size=(9, 4)), 3, axis=0)
    values = RANDOM.normal(size=(200, 4)).astype(np.float32)
    values[:, 2] = np.nan
    found = missing.match(values, nodes)
    np.testing.assert_array_equal(found.best % 3, 0)
    np.testing.assert_array_equal(found.second, found.best + 1)


def test_a_map_of_one_node_has_no_second_unit(holed) -> None:
    found = missing.match(holed, np.zeros((1, 9)))
    assert set(found.best) == {0, -1}
    assert set(found.second) == {-1}


def test_each_feature_is_averaged_over_its_known_values(holed, start) -> None:
    best = missing.match(holed, start).best
    row, col = np.divmod(np.arange(108), 9)
    pull = np.exp(-((row[:, None] - row) ** 2 + (col[:, None] - col) ** 2) / (2 * 2.0**2))
    (epoch,) = train(holed, start, LATTICE, Gaussian(), [2.0])
    for feature in range(9):
        here = ~np.isnan(holed[:, feature])
        weight = pull[:, best[here]]
        expected = weight @ holed[here, feature].astype(np.float64) / weight.sum(axis=1)
        np.testing.assert_allclose(epoch.weights[:, feature], expected, rtol=1e-10)


def test_without_missing_values_training_is_the_plain_one(samples, start) -> None:
    plain = training.train(samples, start, LATTICE, Gaussian(), SIGMAS)
    for ours, theirs in zip(
        train(samples, start, LATTICE, Gaussian(), SIGMAS), plain, strict=True
    ):
        np.testing.assert_array_equal(ours.weights, theirs.weights)
        assert ours.quantization_error == pytest.approx(theirs.quantization_error, rel=1e-14)
        assert ours.topographic_error == pytest.approx(theirs.topographic_error, rel=1e-14)


def test_the_order_of_the_samples_makes_no_difference(holed, start) -> None:
    shuffled = RANDOM.permutation(holed)
    for ours, theirs in zip(
        train(holed, start, LATTICE, Gaussian(), SIGMAS),
        train(shuffled, start, LATTICE, Gaussian(), SIGMAS),
        strict=True,
    ):
        np.testing.assert_array_equal(ours.weights, theirs.weights)
        assert ours[1:4] == theirs[1:4]


def test_training_with_holes_comes_close_to_training_without(samples, holed, start) -> None:
    *_, whole = training.train(samples, start, LATTICE, Gaussian(), SIGMAS)
    *_, found = train(holed, start, LATTICE, Gaussian(), SIGMAS)
    distance = search(samples, found.weights).distance.mean()
    assert np.isfinite(found.weights).all()
    assert distance < 1.1 * whole.quantization_error


def test_holes_are_filled_with_the_features_mean(holed) -> None:
    found = np.concatenate(list(missing.filled(source.of(holed)).blocks()))
    np.testing.assert_allclose(
        found[np.isnan(holed)],
        np.broadcast_to(np.nanmean(holed, axis=0), holed.shape)[np.isnan(holed)],
        atol=1e-6,
    )
    np.testing.assert_array_equal(found[~np.isnan(holed)], holed[~np.isnan(holed)])
