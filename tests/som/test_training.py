import numpy as np
import pytest
from minisom import MiniSom
from threadpoolctl import threadpool_limits

from tasks.som.initialisation import principal_plane
from tasks.som.lattice import Rect
from tasks.som.neighbourhood import Gaussian
from tasks.som.training import Epoch, train

LATTICE = Rect(12, 9)
SIGMAS = tuple(np.geomspace(4.0, 0.8, 6))


def fit(samples: np.ndarray, weights: np.ndarray, **options) -> list[Epoch]:
    return list(train(samples, weights, LATTICE, Gaussian(), SIGMAS, **options))


def assert_same(first: list[Epoch], second: list[Epoch]) -> None:
    for ours, theirs in zip(first, second, strict=True):
        np.testing.assert_array_equal(ours.weights, theirs.weights)
        assert ours[1:4] == theirs[1:4]


def test_it_equals_minisoms_offline_batch_training(samples, start) -> None:
    few = samples[:300]
    minisom = MiniSom(12, 9, 9, learning_rate=1.0, decay_function=lambda *_: 1.0)
    minisom._sigma_decay_function = lambda _sigma, epoch, _epochs: SIGMAS[epoch]
    minisom._weights = start.reshape(12, 9, 9).copy()
    minisom.train_batch_offline(few.astype(np.float64), len(SIGMAS))
    last = fit(few, start)[-1]
    np.testing.assert_allclose(
        last.weights.reshape(12, 9, 9), minisom._weights, atol=1e-10, rtol=0
    )
    double = few.astype(np.float64)
    assert last.quantization_error == pytest.approx(minisom.quantization_error(double), abs=1e-9)
    assert last.topographic_error == pytest.approx(minisom.topographic_error(double), abs=1e-12)


def test_the_order_of_the_samples_makes_no_difference(samples, start) -> None:
    shuffled = np.random.default_rng(0).permutation(samples)
    assert_same(fit(samples, start), fit(shuffled, start))


@pytest.mark.parametrize("chunk", [64, 128, 512, 1797])
def test_chunks_make_no_difference(samples, start, chunk: int) -> None:
    assert_same(fit(samples, start), fit(samples, start, chunk=chunk))


def test_threads_make_no_difference(samples, start) -> None:
    with threadpool_limits(1):
        one = fit(samples, start)
    with threadpool_limits(2):
        assert_same(one, fit(samples, start))


def test_training_goes_on_from_any_epoch_with_the_same_bits(samples, start) -> None:
    whole = fit(samples, start)
    rest = list(train(samples, whole[2].weights, LATTICE, Gaussian(), SIGMAS[3:]))
    assert_same(whole[3:], rest)


def test_training_orders_and_fits_the_map(samples) -> None:
    epochs = fit(samples, principal_plane(samples, LATTICE))
    errors = [epoch.quantization_error for epoch in epochs]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.75 * errors[0]
    assert epochs[-1].topographic_error < 0.1


def test_plain_training_stays_close_to_the_exact_one(samples, start) -> None:
    exact, plain = fit(samples, start)[-1], fit(samples, start, exact=False)[-1]
    assert plain.quantization_error == pytest.approx(exact.quantization_error, rel=1e-3)


def test_nodes_that_hear_no_sample_keep_their_weights() -> None:
    weights = np.zeros((108, 1))
    weights[0] = 1.0
    last = list(train(np.ones((5, 1), np.float32), weights, LATTICE, Gaussian(), [0.02]))[-1]
    np.testing.assert_array_equal(last.weights, weights)


@pytest.mark.parametrize("count", [1, 4])
def test_fewer_samples_than_nodes_give_finite_weights(samples, start, count: int) -> None:
    assert np.isfinite(fit(samples[:count], start)[-1].weights).all()


def test_equal_samples_give_one_point(start) -> None:
    last = fit(np.full((50, 9), 0.5, np.float32), start)[-1]
    np.testing.assert_allclose(last.weights, 0.5)
    assert last.quantization_error == pytest.approx(0, abs=1e-12)


def test_the_samples_are_not_changed(samples, start) -> None:
    before, weights = samples.copy(), start.copy()
    fit(samples, start)
    np.testing.assert_array_equal(samples, before)
    np.testing.assert_array_equal(start, weights)
