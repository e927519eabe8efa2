import numpy as np
import pytest

from tasks.som import training
from tasks.som.estimator.stochastic import blended
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples.node_sums import sums

LATTICE = Rect(12, 9)


def units(samples: np.ndarray) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 108, len(samples))


def test_all_data_in_one_part_are_the_batch_rule(samples, start) -> None:
    best = units(samples)
    expected = training.update(samples, best, start, LATTICE, Gaussian(), sigma=1.5)
    part = sums(samples, best, 108)
    for total in (blended(None, part, 0.1), blended(7 * part, part, 1.0)):
        found = training.weights_from(total, start, LATTICE, Gaussian(), sigma=1.5)
        np.testing.assert_array_equal(found, expected)


def test_equal_parts_blended_one_by_one_are_their_mean(samples) -> None:
    best = units(samples[:1790])
    total = None
    for number, (part, unit) in enumerate(
        zip(np.split(samples[:1790], 10), np.split(best, 10), strict=True), 1
    ):
        total = blended(total, sums(part, unit, 108) / len(part), 1 / number)
    np.testing.assert_allclose(total, sums(samples[:1790], best, 108) / 1790, atol=1e-14)


@pytest.mark.parametrize("sigma", [0.02, 1.0])
def test_nodes_that_hear_no_sample_stay(start, sigma: float) -> None:
    total = sums(np.ones((5, 9), np.float32), np.full(5, 3), 108)
    found = training.weights_from(total, start, LATTICE, Gaussian(), sigma=sigma)
    np.testing.assert_allclose(found[3], 1.0)
    assert np.array_equal(found[-1], start[-1]) == (sigma == 0.02)
