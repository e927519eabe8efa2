import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tasks.som.samples.exact_sums import ROWS, total

RANDOM = np.random.default_rng(3)
FINITE = st.floats(-1e300, 1e300, allow_nan=False)


@given(arrays.arrays(np.float64, st.integers(0, 40), elements=FINITE))
def test_a_sum_of_doubles_is_the_rational_sum(values: np.ndarray) -> None:
    assert total(values[:, None]).exact() == [sum(map(Fraction, values.tolist()), Fraction())]


@given(
    arrays.arrays(
        np.float32,
        st.integers(0, 40),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    )
)
def test_a_sum_of_singles_is_the_rational_sum(values: np.ndarray) -> None:
    assert total(values[:, None]).exact() == [sum(map(Fraction, values.tolist()), Fraction())]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_and_order_make_no_difference(dtype: type) -> None:
    values = (
        RANDOM.normal(size=(3 * ROWS, 2)) * 10.0 ** RANDOM.uniform(-9, 9, (3 * ROWS, 2))
    ).astype(dtype)
    whole = total(values)
    parts = total(RANDOM.permutation(values[:100])) + total(values[100:])
    np.testing.assert_array_equal(whole.places, parts.places)
    assert whole.mean(len(values)).tolist() == [
        math.fsum(column) / len(values) for column in values.T.astype(np.float64)
    ]
