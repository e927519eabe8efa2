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
