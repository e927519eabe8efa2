"""Ways of making frames: each frame a function of scene and number, loops closed."""

import cv2
import numpy as np
import pytest

from tasks.video.frames.canonical_keyframes import CanonicalKeyframes, catmull_rom, interpolated
from tasks.video.frames.frozen import Frozen
from tasks.video.frames.independent_seeds import IndependentSeeds, displaced_maps
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.warping import enlarge, enlarge_maps, warp, warp_maps
from tasks.video.painters.impression_painter import ImpressionPainter
from tests.video.toy import CELLS, FRAMES, SIZE, ToyPainter, circling, scene

WAYS = [
    CanonicalKeyframes(every=4, strength=0.375, noise=0.3, upscale=2),
    IndependentSeeds(batch=5, upscale=1),
    Frozen(upscale=2),
]
STILL = Displacement(np.zeros((FRAMES, CELLS, CELLS, 2), np.float32), 0, 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_frame_alone_is_the_frame_of_the_run(way) -> None:
    film = way(scene(), ToyPainter())
    run = [film.frame(number) for number in range(film.frames)]
    assert film.frames == FRAMES
    assert all(frame.shape == (*film.size, 3) and frame.dtype == np.uint8 for frame in run)
    for number in (7, 0, 11):
        assert np.array_equal(way(scene(), ToyPainter()).frame(number), run[number])


@pytest.mark.parametrize("way", WAYS)
def test_frames_do_not_depend_on_the_threads(way) -> None:
    before, frames = cv2.getNumThreads(), []
    for threads in (1, 2, 4):
        cv2.setNumThreads(threads)
        frames.append(way(scene(), ToyPainter()).frame(5))
    cv2.setNumThreads(before)
    assert all(np.array_equal(frame, frames[0]) for frame in frames)


def test_independent_seeds_change_every_frame_and_frozen_none() -> None:
    seeds, frozen = (way(scene(), ToyPainter()) for way in WAYS[1:])
    assert np.abs(seeds.frame(1).astype(int) - seeds.frame(2)).mean() > 5
    assert np.array_equal(frozen.frame(1), frozen.frame(7))


def test_without_motion_and_moving_noise_the_canonical_film_stands_still() -> None:
    way = CanonicalKeyframes(every=4, strength=0.5, noise=0.0, upscale=1)
    film = way(scene(STILL), ToyPainter())
    assert np.array_equal(film.frame(0), film.frame(5))


def test_a_canonical_frame_is_the_still_frame_displaced() -> None:
    way = CanonicalKeyframes(every=4, strength=0.375, noise=0.0, upscale=2)
    moving, still = way(scene(), ToyPainter()), way(scene(STILL), ToyPainter())
    wanted = warp(still.frame(3).astype(np.float32), circling().at(3, *moving.size))
    inside = (slice(8, -8), slice(8, -8))
    gap = np.abs(moving.frame(3)[inside].astype(np.float32) - np.clip(wanted[inside], 0, 255))
    assert gap.mean() < 1


def test_keyframes_are_painted_once_and_all_together() -> None:
    calls = []

    class Counting(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            calls.append((len(maps), strength))
            return super().__call__(maps, captions, noise, start, strength)

    film = WAYS[0](scene(), Counting())
    for number in range(FRAMES):
        film.frame(number)
    assert calls == [(1, 1.0), (FRAMES // 4, 0.375)]


def test_the_interpolation_passes_through_the_keyframes_and_is_periodic() -> None:
    keyframes = np.random.default_rng(0).integers(0, 256, (5, 4, 4, 3), np.uint8)
    for number in range(5):
        np.testing.assert_allclose(
            interpolated(keyframes, number / 5), keyframes[number], atol=1e-3
        )
    before, after = interpolated(keyframes, 1 - 1e-6), interpolated(keyframes, 0.0)
    np.testing.assert_allclose(before, after, atol=0.01)


@pytest.mark.parametrize("u", [0.0, 0.2, 0.7])
def test_the_cubic_reproduces_lines(u: float) -> None:
    weights = np.array(catmull_rom(u))
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.arange(-1, 3) == pytest.approx(u)


def test_looping_noise_is_unit_noise_that_returns() -> None:
    draws = np.stack([noise_loop(scene(seed=seed), (4, 16, 16), 0.3, 0.3) for seed in range(40)])
    assert draws.var() == pytest.approx(1, abs=0.03)
    one, close, far = (noise_loop(scene(), (4, 32, 32), tau, 0.3) for tau in (0.0, 1 / 48, 0.5))
    np.testing.assert_allclose(noise_loop(scene(), (4, 32, 32), 1.0, 0.3), one, atol=1e-5)
    correlation = lambda a, b: np.corrcoef(a.ravel(), b.ravel())[0, 1]  # noqa: E731
    assert correlation(one, close) > 0.99
    assert correlation(one, far) == pytest.approx(1 - 2 * 0.3**2, abs=0.03)


def test_every_channel_is_displaced_alike_and_stays_in_range() -> None:
    maps = np.repeat(scene().maps[:1], 7, axis=0)
    moved = warp_maps(enlarge_maps(maps, *SIZE), circling().at(4, *SIZE))
    assert all(np.array_equal(plane, moved[0]) for plane in moved)
    found = displaced_maps(scene(), SIZE, range(FRAMES))
    assert found.shape == (FRAMES, 7, *SIZE)
    assert found.min() >= 0
    assert found.max() <= 1


def test_a_displacement_of_nothing_changes_nothing() -> None:
    picture = np.random.default_rng(1).random((20, 30, 3)).astype(np.float32)
    np.testing.assert_allclose(
        warp(picture, np.zeros((20, 30, 2), np.float32)), picture, atol=1e-6
    )
    assert enlarge(picture, 20, 30) is picture
    assert enlarge(picture, 40, 60).shape == (40, 60, 3)


def test_a_displacement_of_whole_pixels_shifts() -> None:
    picture = np.random.default_rng(2).random((20, 30, 3)).astype(np.float32)
    shift = np.broadcast_to(np.array([3, -2], np.float32), (20, 30, 2))
    np.testing.assert_allclose(warp(picture, shift)[2:, :-3], picture[:-2, 3:], atol=1e-5)


def test_the_preview_shows_the_impression() -> None:
    film = CanonicalKeyframes(4, 0.375, 0.3, 1)(scene(STILL), ImpressionPainter(SIZE))
    wanted = 255 * np.moveaxis(enlarge_maps(scene().maps[:3], *SIZE), 0, -1)
    np.testing.assert_allclose(film.frame(2), wanted, atol=1)
