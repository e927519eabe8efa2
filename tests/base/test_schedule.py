import numpy as np
import pytest

from tasks.base import schedule


def test_the_rate_rises_stays_and_falls_to_nothing():
    plan = schedule.over(100, rate=1e-3, warm_up=10)
    rates = np.array([plan(step) for step in range(100)])
    np.testing.assert_allclose(rates[:10], 1e-3 * np.arange(1, 11) / 10)
    np.testing.assert_allclose(rates[9:60], 1e-3)
    assert (np.diff(rates[60:]) < 0).all()
    assert plan(100) == 0


@pytest.mark.parametrize(("total", "warm_up"), [(1, 0), (1, 1), (2, 5)])
def test_short_trainings_have_a_rate(total, warm_up):
    plan = schedule.over(total, rate=0.1, warm_up=warm_up)
    assert all(0 < plan(step) <= 0.1 for step in range(total))
