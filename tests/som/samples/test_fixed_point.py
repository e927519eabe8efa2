import math
from fractions import Fraction

import numpy as np
import pytest

from tasks.som.samples import fixed_point

RANDOM = np.random.default_rng(11)


def on_grid(values: np.ndarray, power: int = 1) -> np.ndarray:
    largest = float(np.abs(values).max())
    return fixed_point.rounded(values, fixed_point.step(len(values), largest, power))


@pytest.mark.parametrize("largest", [0.1, 1.0, 40.0, 3e5])
def test_sums_on_the_grid_are_exact_in_any_order(largest: float) -> None:
    values = largest * RANDOM.uniform(-1, 1, size=(5000, 1))
    table = on_grid(values)
    assert math.fsum(table[:, 0]) == table[:, 0].sum() == np.cumsum(table[::-1, 0])[-1]
    assert np.abs(table - values).max() <= 2.0**-20 or largest > 1e3


@pytest.mark.parametrize("largest", [1.0, 40.0])
def test_sums_of_products_on_the_grid_are_exact(largest: float) -> None:
    table = on_grid(largest * RANDOM.uniform(-1, 1, size=(3000, 2)), power=2)
    exact = sum((Fraction(a) * Fraction(b) for a, b in table.tolist()), Fraction(0))
    assert Fraction(float((table.T @ table)[0, 1])) == exact


def test_single_precision_keeps_the_grid() -> None:
    values = RANDOM.normal(size=(2000, 3)) * 20
    kept = fixed_point.samples(values).astype(np.float64)
    np.testing.assert_array_equal(kept * 2.0**20, np.rint(kept * 2.0**20))
    np.testing.assert_allclose(kept, values, rtol=2**-23, atol=2**-20)
