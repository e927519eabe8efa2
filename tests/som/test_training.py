from functools import partial, reduce
from operator import add

import numpy as np
import pytest
import zarr
from minisom import MiniSom
from threadpoolctl import threadpool_limits

from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.bubble import Bubble
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples import growth
from tasks.som.samples.node_sums import sums
from tasks.som.samples.source import Table
from tasks.som.search.best_matching_units import search
from tasks.som.starts.initialisation import principal_plane
from tasks.som.training import (
    Epoch,
    survey,
    tallied,
    train,
    update,
    weights_from,
)

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


@pytest.mark.parametrize("block", [100, 1000, 65_536])
def test_blocks_make_no_difference(samples, start, block: int) -> None:
    shuffled = np.random.default_rng(1).permutation(samples)
    assert_same(fit(samples, start), fit(shuffled, start, block=block, chunk=64))


def test_a_store_a_file_and_a_tensor_give_the_bits_of_an_array(samples, start, tmp_path) -> None:
    import torch

    stored = zarr.create_array(
        tmp_path / "a.zarr", shape=samples.shape, chunks=(100, 9), dtype="float32"
    )
    stored[:] = samples
    np.save(tmp_path / "a.npy", samples)
    whole = fit(samples, start)
    for other in (stored, np.load(tmp_path / "a.npy", mmap_mode="r"), torch.from_numpy(samples)):
        assert_same(whole, fit(other, start))


def test_tallies_of_shards_in_any_order_add_up_to_the_pass(samples, start) -> None:
    whole = survey(Table(samples), start, LATTICE)
    shards = [tallied(samples[a : a + 250], start, LATTICE) for a in range(0, 1797, 250)]
    merged = reduce(add, reversed(shards))
    np.testing.assert_array_equal(whole.sums, merged.sums)
    one, other = whole.epoch(start, 1.0), merged.epoch(start, 1.0)
    assert one[1:] == other[1:]


def test_the_sums_are_those_of_a_loop(samples, start) -> None:
    best = search(samples, start).best
    found = sums(samples, best, len(start))
    for node in range(len(start)):
        mine = samples[best == node].astype(np.float64)
        assert found[node, 0] == len(mine)
        np.testing.assert_array_equal(found[node, 1:], mine.sum(axis=0))


def test_the_update_is_the_weights_of_the_sums(samples, start) -> None:
    halves = np.array_split(samples, 2)
    added = reduce(add, (sums(part, search(part, start).best, 108) for part in halves))
    best = search(samples, start).best
    np.testing.assert_array_equal(
        weights_from(added, start, LATTICE, Gaussian(), sigma=2.0),
        update(samples, best, start, LATTICE, Gaussian(), sigma=2.0),
    )


def test_growing_samples_fit_samples_that_were_not_seen_as_well_as_all_do() -> None:
    random, lattice = np.random.default_rng(2), Rect(16, 16)
    plane = random.uniform(-1, 1, size=(60_000, 2))
    bent = np.column_stack([plane, plane**2, np.sin(3 * plane), plane[:, :1] * plane[:, 1:]])
    table = (bent + random.normal(size=bent.shape) / 20).astype(np.float32)
    seen, unseen = table[:50_000], table[50_000:]
    begin, errors = principal_plane(seen, lattice), {}
    sigmas = tuple(np.geomspace(4.0, 1.0, 10))
    for name in ("full", "grow"):
        shares = growth.shares(name, 10, len(seen))
        *_, last = train(seen, begin, lattice, Gaussian(), sigmas, shares=shares)
        errors[name] = survey(Table(unseen), last.weights, lattice).epoch(last.weights, 1.0)
    full, grow = errors["full"], errors["grow"]
    assert grow.quantization_error == pytest.approx(full.quantization_error, rel=0.01)
    assert grow.topographic_error <= 1.1 * full.topographic_error


def test_growing_training_goes_on_from_any_epoch_with_the_same_bits(samples, start) -> None:
    shares = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
    whole = fit(samples, start, shares=shares)
    rest = list(
        train(samples, whole[1].weights, LATTICE, Gaussian(), SIGMAS[2:], shares=shares[2:])
    )
    assert_same(whole[2:], rest)
    assert not np.array_equal(whole[-1].weights, fit(samples, start)[-1].weights)


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


def test_a_training_that_is_not_measured_ends_in_the_same_weights_by_a_pass_less(
    samples, start
) -> None:
    seen = []

    def tally(*given, **way):
        seen.append(len(given[0]))
        return tallied(*given, **way)

    run = partial(train, samples, start, LATTICE, Gaussian(), (2.0, 1.0), tally=tally)
    *_, whole = run()
    *_, bare = run(measured=False)
    np.testing.assert_array_equal(bare.weights, whole.weights)
    assert np.isnan(bare.quantization_error)
    assert sum(seen) == 5 * len(samples)


def test_a_width_that_covers_the_whole_map_is_refused(samples, start) -> None:
    with pytest.raises(ValueError, match="covers all 12 x 9 nodes alike"):
        next(train(samples, start, LATTICE, Bubble(), (12.0, 1.0)))
    assert len(np.unique(next(train(samples, start, LATTICE, Bubble(), (8.0,))).weights)) > 9
