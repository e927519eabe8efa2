import numpy as np
import pytest

from tasks.som.estimator.origin import Origin

RANDOM = np.random.default_rng(8)


def origin(values: np.ndarray) -> Origin:
    return Origin.of(values.min(axis=0), values.max(axis=0), len(values))


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e-3, 1.0, 7.3e5, 1e200])
@pytest.mark.parametrize("mean", [0.0, 1e4])
def test_coordinates_are_within_one_and_keep_what_single_precision_holds(
    scale: float, mean: float
) -> None:
    values = scale * (mean + RANDOM.normal(size=(5000, 4)))
    rule = origin(values)
    found = rule.samples(values)
    assert found.dtype == np.float32
    assert 0.25 < np.abs(found).max() <= 1.0
    np.testing.assert_allclose(rule.undo(found.astype(np.float64)), values, atol=1e-6 * scale)


def test_a_feature_of_small_numbers_beside_one_of_large_ones_keeps_its_precision() -> None:
    values = RANDOM.normal(size=(3000, 2)) * [1e6, 1e-3]
    rule = origin(values)
    found = rule.undo(rule.samples(values).astype(np.float64))
    np.testing.assert_allclose(found[:, 1], values[:, 1], atol=1e-9)


def test_sums_are_exact_in_any_order() -> None:
    values = RANDOM.lognormal(size=(4096, 3)) * [1, 1e5, 1e-5]
    table = origin(values).samples(values).astype(np.float64)
    first = table.cumsum(axis=0)[-1]
    second = table[::-1].reshape(64, 64, 3).sum(axis=1).sum(axis=0)
    np.testing.assert_array_equal(first, second)


def test_distances_are_only_scaled() -> None:
    values = RANDOM.normal(size=(50, 3)) * 1e3 + 5e4
    rule = origin(values)
    inner = np.linalg.norm(rule.nodes(values)[1:] - rule.nodes(values)[:-1], axis=1)
    outer = np.linalg.norm(values[1:] - values[:-1], axis=1)
    np.testing.assert_allclose(inner * rule.scale, outer, rtol=1e-10)


def test_values_without_spread_stay_finite() -> None:
    values = np.full((5, 2), 1e-310)
    assert np.isfinite(origin(values).samples(values)).all()
    assert np.isfinite(origin(values).samples(np.full((1, 2), 1e308))).all()


def test_missing_values_stay_missing() -> None:
    rule = origin(RANDOM.normal(size=(9, 2)))
    assert np.isnan(rule.samples(np.array([[np.nan, 0.0]]))).tolist() == [[True, False]]


def test_an_origin_suits_samples_that_are_neither_beyond_its_grid_nor_lost_in_it() -> None:
    rule = Origin.of(np.zeros(2), np.array([4.0, 1.0]), 100)
    assert rule.suits(np.zeros(2), np.array([4.0, 1.0]))
    assert rule.suits(np.array([1.0, np.nan]), np.array([1.0, np.nan]))
    assert not rule.suits(np.zeros(2), np.array([4.0, 9.0]))
    assert not rule.suits(np.array([1.0, 0.0]), np.array([1.001, 1.0]))
    bare = Origin.of(np.ones(2), np.array([2.0, 1.0]), 100)
    assert bare.beyond(np.array([[1.0, 1.0], [2.0, 1.0 + 1e-12]])).tolist() == [False, True]


def test_beside_far_nodes_a_part_keeps_its_precision_and_the_nodes_stay_finite() -> None:
    values = 1e-9 * RANDOM.normal(size=(400, 3))
    values[:, 2] = 5.0
    nodes = 1e6 * RANDOM.normal(size=(9, 3))
    rule = Origin.beside(values.min(axis=0), values.max(axis=0), 400, nodes)
    again = rule.undo(rule.samples(values).astype(np.float64))
    np.testing.assert_allclose(again[:, :2], values[:, :2], atol=1e-15)
    close = Origin.beside(values.min(axis=0), values.max(axis=0), 400, np.full((2, 3), 5.0))
    assert np.abs(close.nodes(np.full((2, 3), 5.0))).max() <= 2.0**40
    far = Origin.beside(np.zeros(1), np.full(1, 1e-200), 9, np.ones((1, 1)))
    assert np.abs(far.nodes(np.ones((1, 1)))).max() <= 2.0**40
