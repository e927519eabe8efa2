"""Prints: the turns of the flow, wavelength and direction of ridges, and one by the other."""

import math

import numpy as np
import pytest

from tasks.orientation.metrics.tensor import orientation
from tasks.orientation.prints import finger
from tasks.orientation.prints.drawing import Prints
from tasks.orientation.prints.flow import KNOTS, Flow, Singular
from tasks.orientation.prints.ridges import grow

BENT = tuple(np.random.default_rng(0).uniform(-0.3, 0.3, KNOTS).tolist())
FLAT = (0.0,) * KNOTS


def turns(flow, x, y, radius=0.01):
    """Return how many half turns the ridges make on a circle around (x, y)."""
    way = np.linspace(0, 2 * math.pi, 721)
    angle = flow(x + radius * np.cos(way), y + radius * np.sin(way))
    step = np.diff(angle)
    return float(np.sum(step - math.pi * np.rint(step / math.pi)) / math.pi)


@pytest.mark.parametrize("bend", [FLAT, BENT])
def test_ridges_turn_by_half_around_a_loop_and_back_around_a_delta(bend):
    flow = Flow((Singular((0.5, 0.6), 1, bend), Singular((0.7, 0.2), -1, bend)), 1.0)
    assert turns(flow, 0.5, 0.6) == pytest.approx(1)
    assert turns(flow, 0.7, 0.2) == pytest.approx(-1)
    assert turns(flow, 0.2, 0.3) == pytest.approx(0)
    assert turns(flow, 0.5, 0.5, radius=5.0) == pytest.approx(0)


def test_the_zero_pole_model_is_the_argument_of_a_rational_function():
    loops, deltas = [0.4 + 0.7j, 0.6 + 0.5j], [0.1 + 0.2j, 0.9 + 0.1j]
    points = [
        Singular((z.real, z.imag), sign, FLAT)
        for sign, places in ((1, loops), (-1, deltas))
        for z in places
    ]
    x, y = np.meshgrid(np.linspace(0, 1, 23), np.linspace(0, 1, 21))
    z = x + 1j * y
    quotient = np.prod([z - p for p in loops], 0) / np.prod([z - p for p in deltas], 0)
    doubled = 2 * Flow(tuple(points), 1.0)(x, y)
    np.testing.assert_allclose(np.exp(1j * doubled), quotient / np.abs(quotient), atol=1e-9)


def test_ridges_are_level_far_away_and_an_arch_rises_in_the_middle():
    far = Flow((Singular((0.5, 0.6), 1, FLAT), Singular((0.7, 0.2), -1, FLAT)), 1.0)
    assert np.abs(np.sin(far(np.array([[80.0, -90.0]]), np.array([[70.0, 60.0]])))).max() < 0.01
    arch = Flow((), 1.2)
    left, middle, right = arch(np.array([[0.2, 0.5, 0.8]]), np.full((1, 3), 0.7))[0]
    assert left > 0.3
    assert right == pytest.approx(-left)
    assert abs(middle) < 1e-9


def test_patterns_have_as_many_loops_as_deltas():
    signs = set()
    for seed in range(40):
        flow = finger.draw(np.random.default_rng(seed))
        assert sum(point.sign for point in flow.singular) == 0
        signs.add(len(flow.singular))
    assert signs == {0, 2, 4}


@pytest.mark.parametrize(("angle", "period"), [(0.0, 6.0), (0.7, 5.5), (-1.1, 8.0), (1.5, 7.0)])
def test_ridges_have_the_direction_and_the_period_they_were_told(angle, period):
    specks = np.random.default_rng(1).standard_normal((96, 96), dtype=np.float32)
    shape = (96, 96)
    ridges = grow(specks, np.full(shape, angle), np.full(shape, period), 12)
    power = np.abs(np.fft.fft2(ridges)) ** 2
    down, across = np.fft.fftfreq(96)[:, None], np.fft.fftfreq(96)[None]
    radius = np.hypot(down, across)
    low = (radius > 0.05) & (radius < 0.3)
    assert (radius * power)[low].sum() / power[low].sum() == pytest.approx(1 / period, rel=0.08)
    normal = np.arctan2(-down, across)  # y upwards
    doubled = np.angle((power * np.exp(2j * normal))[low].sum())
    apart = np.angle(np.exp(1j * (doubled - 2 * (angle + math.pi / 2)))) / 2
    assert abs(apart) < 0.06
    assert ridges.std() > 0.6
    assert np.abs(ridges).max() <= 1


def test_a_print_follows_its_flow():
    for seed in range(6):
        picture, angle = Prints(96, 6.0, 8.0).drawn(np.random.default_rng(seed))
        found = orientation(picture[None])[0]
        expected = np.exp(2j * (-angle + math.pi / 2))  # the gradient's, rows downwards
        apart = np.abs(np.angle(found * np.conj(expected))) / 2
        assert np.median(apart) < math.radians(8)
        assert np.average(apart, weights=np.abs(found)) < math.radians(12)


def test_prints_use_the_greys_and_follow_from_the_generator_alone():
    draw = Prints(48, 5.5, 8.0)
    first, again, other = (draw(np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert first.dtype == np.uint8
    assert first.shape == (48, 48)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.std() > 50
