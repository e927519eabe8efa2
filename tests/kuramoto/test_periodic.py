"""The convolution on a torus."""

import array_api_strict
import numpy as np
import pytest

from tasks.kuramoto.coupling import drift, pull
from tasks.kuramoto.periodic import Periodic
from tests.kuramoto.dense import pairwise_sum


def matrix(shape: tuple[int, int], coupling: Periodic) -> np.ndarray:
    places = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1).reshape(-1, 2)
    gap = np.abs(places[:, None] - places[None])
    square = (np.minimum(gap, np.array(shape) - gap) ** 2).sum(-1)
    wide = 2 * coupling.width**2
    kernel = np.exp(-square / wide) - coupling.surround * np.exp(-square / (4 * wide))
    return coupling.strength * kernel / np.abs(kernel).sum(1, keepdims=True)


@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("shape", [(32, 32), (9, 14)])
@pytest.mark.parametrize("surround", [0.0, 0.6])
def test_it_equals_the_pairwise_sum(shape, surround: float, dtype: type, bound: float) -> None:
    variant = Periodic(1.3, 2.0, surround)
    phase = np.random.default_rng(0).uniform(-np.pi, np.pi, shape).astype(dtype)
    wanted = pairwise_sum(matrix(shape, variant), phase)
    coupling = variant(np.zeros((*shape, 1), dtype))
    found = pull(coupling, phase)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() <= bound * np.abs(wanted).max()
    assert coupling.row_sum == pytest.approx(1.3, rel=1e-5)


def test_whole_turns_are_an_equilibrium() -> None:
    row, col = np.mgrid[:12, :16]
    phase = 2 * np.pi * (2 * row / 12 - col / 16)
    coupling = Periodic(1.0, 1.5, 0.3)(np.zeros((12, 16, 1)))
    assert np.abs(drift(coupling, phase, 0 * phase)).max() < 1e-13


def test_a_complex_field_is_two_real_ones() -> None:
    rng = np.random.default_rng(1)
    real, imaginary = rng.standard_normal((2, 8, 9))
    coupling = Periodic(1.0, 1.5, 0.0)(np.zeros((8, 9, 1)))
    found = coupling(real + 1j * imaginary)
    np.testing.assert_allclose(found.real, coupling(real), atol=1e-14)
    np.testing.assert_allclose(found.imag, coupling(imaginary), atol=1e-14)


def test_it_uses_the_array_standard_alone() -> None:
    phase, variant = np.random.default_rng(2).standard_normal((8, 9)), Periodic(1.0, 1.5, 0.2)
    strict = pull(variant(array_api_strict.zeros((8, 9, 1))), array_api_strict.asarray(phase))
    wanted = pull(variant(np.zeros((8, 9, 1))), phase)
    np.testing.assert_allclose(np.asarray(strict), wanted, atol=1e-13)
