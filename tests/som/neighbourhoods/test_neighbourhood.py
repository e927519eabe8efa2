import numpy as np
import pytest
from minisom import MiniSom

from tasks.core import registry
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.registry import NEIGHBOURHOODS


@pytest.mark.parametrize("sigma", [0.7, 2.0])
def test_the_gaussian_equals_minisoms(sigma: float) -> None:
    rows, cols = np.arange(12) - 4.0, np.arange(9) - 2.0
    ((by_row, by_col),) = Gaussian()(rows[:, None], cols[None, :], sigma)
    expected = MiniSom(12, 9, 1, sigma=sigma).neighborhood((4, 2), sigma)
    np.testing.assert_allclose(by_row * by_col, expected, rtol=1e-14)


@pytest.mark.parametrize("name", NEIGHBOURHOODS)
@pytest.mark.parametrize("sigma", [1.0, 2.0, 3.0])
def test_every_neighbourhood_equals_minisoms(name: str, sigma: float) -> None:
    variant = registry.build(NEIGHBOURHOODS, {"name": name}, what="neighbourhood")
    minisom = MiniSom(12, 9, 1, sigma=sigma, neighborhood_function=name)
    for node in (0, 40, 107):
        terms = variant(*Rect(12, 9).differences(node), sigma)
        pull = np.sum([p * q for p, q in terms], axis=0)
        np.testing.assert_allclose(pull, minisom.neighborhood(divmod(node, 9), sigma), atol=1e-14)
