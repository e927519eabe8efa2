import pytest
from minisom import MiniSom

from tasks.som.decays.asymptotic import Asymptotic
from tasks.som.decays.decay import Exponential, Linear, schedule


def test_the_width_goes_from_start_to_end() -> None:
    assert schedule(Linear(), 9.0, 1.0, 5) == pytest.approx((9.0, 7.0, 5.0, 3.0, 1.0))
    assert schedule(Exponential(), 16.0, 1.0, 5) == pytest.approx((16.0, 8.0, 4.0, 2.0, 1.0))


def test_a_single_epoch_has_the_last_width() -> None:
    assert schedule(Exponential(), 8.0, 1.0, 1) == (1.0,)


@pytest.mark.parametrize("progress", [0.0, 0.25, 0.8, 1.0])
def test_decays_equal_minisoms(progress: float) -> None:
    minisom = MiniSom(3, 3, 1)
    step = 1000 * progress
    assert Asymptotic()(7.0, 7.0 / 3, progress) == pytest.approx(
        minisom._asymptotic_decay(7.0, step, 1000), rel=1e-14
    )
    assert Asymptotic()(7.0, 1.0, progress) == pytest.approx(
        minisom._inverse_decay_to_one(7.0, step, 1000), rel=1e-14
    )
    assert Linear()(7.0, 1.0, progress) == pytest.approx(
        minisom._linear_decay_to_one(7.0, step, 1000), rel=1e-14
    )


def test_the_asymptotic_decay_goes_from_start_to_end_and_slows_down() -> None:
    widths = schedule(Asymptotic(), 9.0, 1.0, 5)
    assert widths == pytest.approx((9.0, 3.0, 1.8, 9 / 7, 1.0))
