import numpy as np
import pytest
from minisom import MiniSom

from tasks.som.decay import Exponential, Linear, schedule
from tasks.som.neighbourhood import Gaussian


@pytest.mark.parametrize("sigma", [0.7, 2.0])
def test_the_gaussian_equals_minisoms(sigma: float) -> None:
    rows, cols = np.arange(12) - 4.0, np.arange(9) - 2.0
    ((by_row, by_col),) = Gaussian()(rows[:, None], cols[None, :], sigma)
    expected = MiniSom(12, 9, 1, sigma=sigma).neighborhood((4, 2), sigma)
    np.testing.assert_allclose(by_row * by_col, expected, rtol=1e-14)


def test_the_width_goes_from_start_to_end() -> None:
    assert schedule(Linear(), 9.0, 1.0, 5) == pytest.approx((9.0, 7.0, 5.0, 3.0, 1.0))
    assert schedule(Exponential(), 16.0, 1.0, 5) == pytest.approx((16.0, 8.0, 4.0, 2.0, 1.0))


def test_a_single_epoch_has_the_last_width() -> None:
    assert schedule(Exponential(), 8.0, 1.0, 1) == (1.0,)
