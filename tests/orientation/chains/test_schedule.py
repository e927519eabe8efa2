import numpy as np
import pytest

from tasks.orientation.chains.schedule import Schedule, even, thinned


@pytest.mark.parametrize(
    ("steps", "first", "last"), [(100, 1e-4, 0.1), (300, 1e-4, 0.07), (1000, 1e-4, 0.015)]
)
def test_steps_and_end_give_back_the_linear_variances_of_the_paper(steps, first, last):
    expected = np.linspace(first, last, steps)
    schedule = Schedule(steps, float(expected.sum()), first / last)
    np.testing.assert_allclose(schedule.lengths, expected, rtol=1e-12)
    assert schedule.times[0] == 0
    assert schedule.times[-1] == pytest.approx(schedule.end)
    np.testing.assert_allclose(np.diff(schedule.times), schedule.lengths, rtol=1e-9)


def test_even_times_are_even_in_the_signals_arc_cosine():
    times = even(19, 1e-3, 10.0)
    assert (len(times), times[0], times[-1]) == (20, 1e-3, 10.0)
    steps = np.diff(np.arccos(np.exp(-times / 2)))
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-9)


def test_a_thinned_grid_keeps_both_ends():
    schedule = Schedule(100, 10.0, 1e-3)
    times = thinned(schedule, 20)
    assert len(times) == 21
    assert set(times) <= set(schedule.times)
    assert (times[0], times[-1]) == (0, schedule.times[-1])
    np.testing.assert_array_equal(thinned(schedule, 100), schedule.times)


@pytest.mark.parametrize("bad", [(1, 5.0, 0.1), (10, 0.0, 0.1), (10, 5.0, 0.0), (10, 5.0, 2.0)])
def test_impossible_schedules_are_refused(bad):
    with pytest.raises(ValueError, match=r"steps is|end is"):
        Schedule(*bad)


def test_more_steps_than_the_schedule_has_are_refused():
    with pytest.raises(ValueError, match="steps is 11"):
        thinned(Schedule(10, 5.0, 0.1), 11)
