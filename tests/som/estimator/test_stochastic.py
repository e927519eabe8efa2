import numpy as np
import pytest

from tasks.som import training
from tasks.som.estimator import stochastic
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian

LATTICE = Rect(12, 9)


def units(samples: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 108, len(samples))


def test_all_data_in_one_part_are_the_batch_rule(samples, start) -> None:
    best = units(samples)
    expected = training.update(samples, best, start, LATTICE, Gaussian(), sigma=1.5)
    total = stochastic.sums(samples, best, 108)
    found = stochastic.weights(total, start, LATTICE, Gaussian(), sigma=1.5)
    np.testing.assert_array_equal(found, expected)
    blended = total.blended(total.per_sample(1), 1.0)
    np.testing.assert_array_equal(blended.values, total.values)


def test_equal_parts_blended_one_by_one_are_their_mean(samples) -> None:
    parts = np.split(samples[:1790], 10)
    best = np.split(units(samples[:1790]), 10)
    blend = None
    for number, (part, unit) in enumerate(zip(parts, best, strict=True), 1):
        total = stochastic.sums(part, unit, 108).per_sample(len(part))
        blend = total if blend is None else blend.blended(total, 1 / number)
    assert blend is not None
    whole = stochastic.sums(samples[:1790], units(samples[:1790]), 108).per_sample(1790)
    np.testing.assert_allclose(blend.values, whole.values, atol=1e-14)
    np.testing.assert_allclose(blend.counts, whole.counts, atol=1e-14)


@pytest.mark.parametrize("sigma", [0.02, 1.0])
def test_nodes_that_hear_no_sample_stay(start, sigma: float) -> None:
    total = stochastic.sums(np.ones((5, 9), np.float32), np.full(5, 3), 108)
    found = stochastic.weights(total, start, LATTICE, Gaussian(), sigma=sigma)
    np.testing.assert_allclose(found[3], 1.0)
    assert np.array_equal(found[-1], start[-1]) == (sigma == 0.02)
