import numpy as np
import pytest
from scipy import stats

from tasks.orientation.circle import von_mises


@pytest.mark.parametrize(
    ("ratio", "pull", "kappa", "resultant"),
    [(0.3, 1.5, 1.2094, 0.5157), (2 / 7, 1.5, 1.1392, 0.4935), (0.3, 1.0, 0.8297, 0.3828)],
)
def test_concentration_and_resultant_close_on_each_other(ratio, pull, kappa, resultant):
    found = von_mises.self_consistent(ratio, pull, lambda r: r)
    assert found == pytest.approx((kappa, resultant), abs=1e-4)
    assert von_mises.resultant(found[0]) == pytest.approx(found[1], abs=1e-12)


def test_without_reference_weak_coupling_leaves_disorder():
    assert von_mises.self_consistent(0.9, 0.0, lambda r: r)[1] < 1e-2
    assert von_mises.self_consistent(1.5, 0.0, lambda r: r)[1] > 0.5


def test_density_and_distribution_are_those_of_scipy():
    angles = np.linspace(-np.pi, np.pi, 101)
    law = stats.vonmises(1.2)
    np.testing.assert_allclose(von_mises.density(angles, 1.2), law.pdf(angles), atol=1e-12)
    np.testing.assert_allclose(von_mises.distribution(angles, 1.2), law.cdf(angles), atol=1e-6)


def test_quantiles_invert_the_distribution():
    levels = np.linspace(0.01, 0.99, 99)
    found = von_mises.distribution(von_mises.quantiles(levels, 1.2), 1.2)
    np.testing.assert_allclose(found, levels, atol=1e-6)
