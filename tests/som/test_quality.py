import numpy as np
import pytest
from minisom import MiniSom

from tasks.som.lattices.lattice import Rect
from tasks.som.quality import hits, quantization_error, topographic_error, u_matrix
from tasks.som.search.best_matching_units import search

LATTICE = Rect(12, 9)


@pytest.fixture
def minisom(start) -> MiniSom:
    """MiniSom with the same weights."""
    som = MiniSom(12, 9, 9)
    som._weights = start.reshape(12, 9, 9).copy()
    return som


def test_errors_and_hits_equal_minisoms(samples, start, minisom) -> None:
    match, double = search(samples, start), samples.astype(np.float64)
    assert quantization_error(match) == pytest.approx(minisom.quantization_error(double), abs=1e-9)
    assert topographic_error(match, LATTICE) == pytest.approx(minisom.topographic_error(double))
    np.testing.assert_array_equal(hits(match.best, LATTICE), minisom.activation_response(double))


def test_the_u_matrix_equals_minisoms(start, minisom) -> None:
    ours = u_matrix(start, LATTICE)
    np.testing.assert_allclose(ours / ours.max(), minisom.distance_map(scaling="mean"), rtol=1e-12)


def test_a_map_of_one_node_has_no_topographic_error_and_no_walls(samples) -> None:
    one = Rect(1, 1)
    assert topographic_error(search(samples, np.zeros((1, 9))), one) == 0.0
    np.testing.assert_array_equal(u_matrix(np.zeros((1, 9)), one), 0)
