from fractions import Fraction

import array_api_strict
import numpy as np
import pytest

from tasks.som.search.nodes import Nodes
from tasks.som.search.rounding import DOUBLE, error, squared_distance

RANDOM = np.random.default_rng(11)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_no_score_errs_by_more_than_the_bound(scale: float) -> None:
    samples = (scale * RANDOM.normal(size=(20, 7))).astype(np.float32)
    nodes = Nodes.of(scale * RANDOM.normal(size=(30, 7)))
    x = (samples - nodes.centre).astype(np.float32)
    scores = np.concatenate([x, np.ones((20, 1), np.float32)], axis=1) @ nodes.product
    length = np.linalg.norm(x.astype(np.float64), axis=1)
    bound = error(length, nodes.longest, nodes.longest, 7)
    centre = [Fraction(float(value)) for value in nodes.centre]
    for s, n in np.ndindex(20, 30):
        exact_x = [Fraction(float(v)) - c for v, c in zip(samples[s], centre, strict=True)]
        exact_w = [Fraction(float(v)) - c for v, c in zip(nodes.weights[n], centre, strict=True)]
        score = sum((w * w / 2 - a * w for a, w in zip(exact_x, exact_w, strict=True)), Fraction())
        assert abs(Fraction(float(scores[s, n])) - score) <= Fraction(float(bound[s]))


def test_distances_have_the_same_bits_in_every_namespace_and_number_of_rows() -> None:
    first = RANDOM.normal(size=(50, 19)).astype(np.float32)
    second = RANDOM.normal(size=(50, 19))
    expected = [
        np.add.accumulate([(float(a) - b) ** 2 for a, b in zip(x, w, strict=True)])[-1]
        for x, w in zip(first, second, strict=True)
    ]
    np.testing.assert_array_equal(squared_distance(np, first, second), expected)
    strict = [array_api_strict.asarray(array) for array in (first, second)]
    np.testing.assert_array_equal(
        np.asarray(squared_distance(array_api_strict, *strict)), expected
    )
    for row in range(50):
        one = squared_distance(np, first[row : row + 1], second[row : row + 1])
        assert one[0] == expected[row]


def test_a_larger_roundoff_gives_a_larger_bound() -> None:
    assert error(1.0, 1.0, 1.0, 8, DOUBLE) < error(1.0, 1.0, 1.0, 8)
