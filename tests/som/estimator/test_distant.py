import numpy as np

from tasks.som.estimator import distant

RANDOM = np.random.default_rng(2)


def test_units_and_distances_are_those_of_double_precision() -> None:
    nodes = RANDOM.normal(size=(70, 5))
    values = RANDOM.normal(size=(500, 5)) * np.geomspace(1, 1e12, 500)[:, None]
    found = distant.match(values, nodes)
    order = np.linalg.norm(values[:, None] - nodes, axis=2)
    np.testing.assert_allclose(found.distance, order.min(axis=1), rtol=1e-14)
    near = np.arange(500) < 200  # farther away, rounding decides between equals
    ranks = np.argsort(order, axis=1)
    np.testing.assert_array_equal(found.best[near], ranks[near, 0])
    np.testing.assert_array_equal(found.second[near], ranks[near, 1])


def test_squares_do_not_overflow_and_missing_values_are_left_out() -> None:
    values = np.array([[1e308, np.nan], [np.nan, 3.0], [1e9, 1e9]])
    found = distant.match(values, np.zeros((1, 2)))
    assert np.isfinite(found.distance).all()
    np.testing.assert_allclose(found.distance[1:], [3 * 2**0.5, 1e9 * 2**0.5])
