"""Shots that change along their way: curves, speeds, shares, prompts."""

from dataclasses import replace

import numpy as np
import pytest

from tasks.video.frames.canonical_keyframes import CanonicalKeyframes
from tasks.video.frames.dissolve import dissolved
from tasks.video.motions.curve import curve
from tasks.video.motions.played import played
from tasks.video.motions.schedule import Schedule, times
from tasks.video.takes.preparation import prompts, schedule
from tasks.video.takes.shots import Keyframe
from tests.video.toy import FRAMES, ToyPainter, circling, scene


def test_a_curve_passes_through_its_points_and_is_constant_outside() -> None:
    found = curve(12, [(2, 1.0), (5, 4.0), (9, 0.0)], ease=False)
    np.testing.assert_allclose(found[[0, 2, 3, 5, 7, 9, 11]], [1, 1, 2, 4, 2, 0, 0])
    eased = curve(12, [(2, 1.0), (5, 4.0), (9, 0.0)], ease=True)
    np.testing.assert_allclose(eased[[0, 2, 5, 9, 11]], [1, 1, 4, 0, 0])
    assert eased[3] < found[3]
    assert eased[8] < found[8]


@pytest.mark.parametrize(("frames", "turns"), [(24, 1), (24, 3), (25, 3)])
def test_even_turns_are_evenly_spread_and_close(frames: int, turns: int) -> None:
    period = -(-frames // turns)
    found = times(frames, period, turns, None)
    steps = np.diff([*found, found[0]]) % period
    np.testing.assert_allclose(steps, period * turns / frames)


def test_a_varying_speed_closes_too() -> None:
    speed = curve(24, [(0, 0.2), (12, 2.9), (23, 0.2)], ease=True)
    found = times(24, 24, 1, speed)
    steps = np.diff([*found, found[0]]) % 24
    np.testing.assert_allclose(steps / steps.sum(), speed / speed.sum())
    assert steps.sum() / 24 == pytest.approx(round(speed.mean()))


def test_a_speed_of_nothing_stands_still() -> None:
    assert not times(10, 10, 1, np.zeros(10)).any()


def test_what_is_just_played_once_has_no_schedule() -> None:
    assert schedule(12, 12, 1, [(0, Keyframe(frame=0, prompt="x"))], ease=False, drives={}) is None
    assert schedule(12, 6, 2, [], ease=False, drives={}) is not None


def test_a_played_motion_is_the_loop_at_its_times_and_shares() -> None:
    loop = circling()
    share = np.linspace(0, 1, 18)
    moved = played(loop, Schedule(times(18, FRAMES, 2, None), share))
    assert moved.frames == 18
    for k in range(18):
        time = (2 * FRAMES * k / 18) % FRAMES
        whole = int(time)
        near = (1 - time + whole) * loop.at(whole, 40, 40) + (time - whole) * loop.at(
            whole + 1, 40, 40
        )
        np.testing.assert_allclose(moved.at(k, 40, 40), share[k] * near, atol=1e-4)


def test_what_is_played_again_is_the_same() -> None:
    loop = circling()
    twice = played(loop, Schedule(times(2 * FRAMES, FRAMES, 2, None), np.ones(2 * FRAMES)))
    assert all(
        np.array_equal(twice.at(k, 32, 32), loop.at(k % FRAMES, 32, 32)) for k in range(2 * FRAMES)
    )


def test_the_shares_of_prompts_add_up() -> None:
    named = [(0, "a"), (4, "b"), (9, "a")]
    keyframes = [(k, Keyframe(frame=k, prompt=prompt)) for k, prompt in named]
    found = prompts("never", 12, keyframes, ease=True)
    assert list(found) == ["a", "b"]
    np.testing.assert_allclose(sum(found.values()), 1)
    assert (found["a"][0], found["b"][4], found["a"][9]) == (1, 1, 1)
    assert prompts("only", 5, [], ease=False)["only"].tolist() == [1] * 5


def test_the_prompt_of_the_shot_holds_until_that_of_the_first_keyframe() -> None:
    found = prompts("dusk", 9, [(4, Keyframe(frame=4, prompt="snow"))], ease=False)
    np.testing.assert_allclose(found["dusk"], [1, 0.75, 0.5, 0.25, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(found["dusk"] + found["snow"], 1)


def test_one_film_dissolves_into_another() -> None:
    way = CanonicalKeyframes(4, 0.375, 0.0, 1)
    one, other = (way(replace(scene(), seed=seed), ToyPainter()) for seed in (1, 2))
    share = curve(FRAMES, [(3, 0.0), (9, 1.0)], ease=False)
    film = dissolved([one, other], [1 - share, share])
    assert np.array_equal(film.frame(2), one.frame(2))
    assert np.array_equal(film.frame(10), other.frame(10))
    middle = (one.frame(6).astype(float) + other.frame(6)) / 2
    assert np.abs(film.frame(6) - middle).max() <= 0.5
