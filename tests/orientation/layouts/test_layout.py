"""Layouts of waves whose direction is known."""

import numpy as np
import pytest

from tasks.orientation.layouts.layout import error, layout
from tests.orientation.metrics.test_metrics import noise, waves


@pytest.mark.parametrize("angle", [0.0, 0.4, 1.1, 2.0, 2.9])
def test_a_layout_holds_the_doubled_angle(angle):
    found = layout(waves([angle]), 4)[0, :, 2:-2, 2:-2]
    np.testing.assert_allclose(found[0], np.cos(2 * angle), atol=0.15)
    np.testing.assert_allclose(found[1], np.sin(2 * angle), atol=0.15)


def test_noise_and_constant_pictures_have_little_or_no_layout():
    assert np.hypot(*layout(noise(8), 4).swapaxes(0, 1)).mean() < 0.45
    assert np.abs(layout(np.full((1, 32, 32), 80, np.uint8), 4)).max() == 0


@pytest.mark.parametrize("turn", [0.0, 0.3, 1.0, np.pi / 2])
def test_the_error_is_the_angle_between_two_waves(turn):
    here, there = layout(waves([0.5]), 4), layout(waves([0.5 + turn]), 4)
    assert error(here, there)[0] == pytest.approx(np.degrees(turn), abs=4)


def test_lines_that_know_nothing_of_each_other_are_45_degrees_apart():
    rng = np.random.default_rng(0)
    here, there = (layout(waves(rng.uniform(0, np.pi, 200)), 8) for _ in range(2))
    assert error(here, there).mean() == pytest.approx(45, abs=5)


def test_where_nothing_was_asked_there_is_no_error():
    flat = np.zeros((1, 2, 8, 8), np.float32)
    assert np.isnan(error(layout(waves([0.5]), 4), flat)[0])
