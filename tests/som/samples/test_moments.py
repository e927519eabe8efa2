import numpy as np
import pytest

from tasks.som.samples.moments import moments

RANDOM = np.random.default_rng(5)


def test_a_far_mean_does_not_cancel_the_deviation() -> None:
    values = (1e4 + RANDOM.normal(size=(4000, 1))).astype(np.float32)
    assert moments(values).deviation()[0] == pytest.approx(
        values.astype(np.longdouble).std(), rel=1e-14
    )


def test_parts_add_up_to_the_whole() -> None:
    values = RANDOM.lognormal(size=(900, 3)).astype(np.float32)
    values[[70, 800], 1] = np.nan
    whole, parts = moments(values), moments(values[:50]) + moments(values[50:])
    for name in ("mean", "deviation", "largest"):
        np.testing.assert_array_equal(getattr(whole, name)(), getattr(parts, name)())
    assert (parts.rows, parts.bad, parts.first_bad) == (900, 2, 70)
    with pytest.raises(ValueError, match="2 samples hold NaN or infinity, the first is sample 70"):
        parts.check()


def test_missing_values_are_left_out() -> None:
    values = RANDOM.normal(size=(500, 2)).astype(np.float32)
    values[RANDOM.uniform(size=values.shape) < 0.3] = np.nan
    found = moments(values, "mask")
    found.check()
    double = values.astype(np.float64)
    np.testing.assert_allclose(found.mean(), np.nanmean(double, axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.deviation(), np.nanstd(double, axis=0), rtol=1e-12)
    assert found.count.tolist() == np.isfinite(values).sum(axis=0).tolist()
    assert moments(np.array([[np.inf, 1.0]], np.float32), "mask").bad == 1


def test_integers_and_strided_tables_are_taken() -> None:
    values = RANDOM.integers(0, 255, size=(100, 6))
    np.testing.assert_allclose(moments(values[::2, ::3]).mean(), values[::2, ::3].mean(axis=0))
