"""The ways of making frames and what can be put around them."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.video.motions.warping import warp
from tasks.video.registry import FRAMES
from tests.video.toy import FRAMES as COUNT
from tests.video.toy import SIZE, ToyPainter, circling, scene

SEEDS = {"name": "independent_seeds", "batch": 5, "upscale": 1}
KEYFRAMES = {
    "name": "canonical_keyframes",
    "every": 4,
    "strength": 0.5,
    "noise": 0.3,
    "upscale": 2,
}
ALIGNMENT = {
    "strength": 0.2,
    "likeness": 0.1,
    "gradient": 0.0,
    "motion": 0.0,
    "clamp": 0.5,
    "iterations": 2,
}
CHOICES: list[dict[str, Any]] = [
    {"name": "canonical_frames", "strength": 0.5, "noise": 0.3, "batch": 5, "upscale": 2},
    {"name": "anchored", "strength": 0.5, "noise": "advected", "batch": 5, "upscale": 2},
    {"name": "shared_noise", "batch": 5, "upscale": 1},
    {"name": "advected_noise", "batch": 5, "upscale": 1},
    {"name": "chained", "strength": 0.5, "upscale": 1},
    {"name": "jittered_prompt", "words": 1, "gain": 0.03, "tint": 0.015, "batch": 5, "upscale": 1},
    {"name": "noise_jitter", "batch": 5, "upscale": 1},
    {"name": "round_trip", "batch": 5, "upscale": 2},
    {"name": "bordered", "margin": 16, "frames": KEYFRAMES},
    {"name": "aligned", "alignment": ALIGNMENT, "frames": SEEDS},
    {"name": "attending", "frames": SEEDS},
    {"name": "colour_matched", "match": "low_pass", "frames": SEEDS},
]


def film(choice: dict[str, Any], painter: Any = None, of: Any = None):
    way = registry.build(FRAMES, choice, what="way")
    return way(of or scene(), painter or ToyPainter())


def named(name: str, **changes: Any) -> dict[str, Any]:
    return next(choice for choice in CHOICES if choice["name"] == name) | changes


def gap(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(float) - other).mean())


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice["name"])
def test_a_frame_alone_is_the_frame_of_the_run(choice) -> None:
    whole = film(choice)
    run = [whole.frame(number) for number in range(whole.frames)]
    assert whole.frames == COUNT
    assert all(frame.shape == (*whole.size, 3) and frame.dtype == np.uint8 for frame in run)
    for number in (7, 0, 11):
        assert np.array_equal(film(choice).frame(number), run[number])


def test_canonical_frames_are_the_keyframes_where_every_frame_is_one() -> None:
    way = named("canonical_frames", batch=COUNT)
    keyframes = film(KEYFRAMES | {"every": 1})
    assert all(
        np.array_equal(film(way).frame(number), keyframes.frame(number)) for number in (0, 5)
    )


def test_the_round_trip_without_an_autoencoder_is_the_still_picture_displaced() -> None:
    still = film({"name": "frozen", "upscale": 1}).frame(0)
    moved = film(named("round_trip", upscale=1)).frame(3)
    wanted = np.clip(warp(still.astype(np.float32), circling().at(3, *SIZE)), 0, 255)
    assert gap(moved, np.rint(wanted)) < 0.01


def test_an_anchored_film_of_no_strength_is_the_still_picture_displaced() -> None:
    still = film({"name": "frozen", "upscale": 1}).frame(0)
    gaps = []
    for strength in (0.01, 0.3, 0.9):
        frame = film(named("anchored", strength=strength, upscale=1)).frame(4)
        gaps.append(gap(frame, warp(still.astype(np.float32), circling().at(4, *SIZE))))
    assert gaps[0] < 0.5
    assert gaps == sorted(gaps)


def test_shared_noise_changes_less_from_frame_to_frame_than_noise_of_each_frame() -> None:
    def steps(choice) -> float:
        whole = film(choice)
        return np.mean([gap(whole.frame(k), whole.frame(k + 1)) for k in range(4)])

    assert steps(named("shared_noise")) < 0.3 * steps(SEEDS)
    assert steps(named("advected_noise")) < 0.3 * steps(SEEDS)
    assert steps(named("noise_jitter")) > 2 * steps(named("shared_noise"))


def test_a_chain_paints_every_frame_once_when_asked_in_order() -> None:
    calls = []

    class Counting(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            calls.append(start is None)
            return super().__call__(maps, captions, noise, start, strength)

    whole = film(named("chained"), Counting())
    for number in range(COUNT):
        whole.frame(number)
    assert calls == [True] + [False] * (COUNT - 1)


def test_a_chain_starts_from_the_frame_before_carried_along_the_flow() -> None:
    starts = {}

    class Watching(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            picture = super().__call__(maps, captions, noise)
            starts[len(starts)] = (start, picture)
            return picture

    moving = circling(0.02)
    whole = film(named("chained"), Watching(), scene(moving))
    whole.frame(0), whole.frame(1)
    before, start = starts[0][1][0].astype(np.float32), starts[1][0][0]
    inside = (slice(8, -8), slice(8, -8))
    back = moving.flow(1, 0, *SIZE)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    places = [y + back[..., 1], x + back[..., 0]]
    wanted = np.stack(
        [map_coordinates(before[..., c], places, order=1) for c in range(3)], axis=-1
    )
    assert gap(start[inside], wanted[inside]) < 0.5
    assert gap(start[inside], before[inside]) > 2


def test_jittered_prompts_lose_words_and_keep_the_noise() -> None:
    asked = []

    class Listening(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            asked.extend(zip(maps, captions, noise, strict=True))
            return super().__call__(maps, captions, noise, start, strength)

    spoken = replace(scene(), caption="a red toy on grass")
    whole = film(named("jittered_prompt"), Listening(), spoken)
    whole.frame(0), whole.frame(5), whole.frame(10)
    maps, captions, noise = zip(*asked, strict=True)
    assert {len(caption.split()) for caption in captions} == {4}
    assert len(set(captions)) > 1
    assert all(np.array_equal(each, noise[0]) for each in noise)
    assert not np.array_equal(maps[0][:3], maps[1][:3])
    assert np.array_equal(maps[0][3:], maps[1][3:])


def test_a_margin_changes_nothing_that_does_not_touch_the_border() -> None:
    """The toy paints cell by cell, so that a margin around it leaves the middle alone."""
    quiet = {
        "name": "canonical_keyframes",
        "every": 4,
        "strength": 1.0,
        "noise": 0.0,
        "upscale": 2,
    }

    @dataclass(frozen=True)
    class Plain(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            return super().__call__(maps, captions, 0 * noise, start, strength)

    bare = film(quiet, Plain())
    wide = film({"name": "bordered", "margin": 8, "frames": quiet}, Plain())
    assert wide.size == bare.size
    inside = (slice(16, -16), slice(16, -16))
    assert gap(bare.frame(3)[inside], wide.frame(3)[inside]) < 1.5


def test_with_a_margin_the_border_shows_what_was_painted_beyond_it() -> None:
    @dataclass(frozen=True)
    class Framed(ToyPainter):
        """Paints white, and black beyond the middle."""

        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            pictures = np.zeros((len(maps), *self.size, 3), np.uint8)
            rest = [(length - side) // 2 for length, side in zip(self.size, SIZE, strict=True)]
            pictures[:, rest[0] : rest[0] + SIZE[0], rest[1] : rest[1] + SIZE[1]] = 255
            return pictures

    whole = film({"name": "bordered", "margin": 16, "frames": KEYFRAMES}, Framed())
    frame, d = whole.frame(3), circling().at(3, *whole.size)
    y, x = np.mgrid[: whole.size[0], : whole.size[1]]
    place = x + d[..., 0], y + d[..., 1]
    beyond = np.maximum(
        abs(2 * place[0] + 1 - whole.size[1]), abs(2 * place[1] + 1 - whole.size[0])
    )
    assert (frame[beyond > whole.size[0] + 6] < 40).all()
    assert (frame[beyond < whole.size[0] - 6] > 215).all()


def test_a_margin_that_cuts_cells_or_lies_inside_is_refused() -> None:
    with pytest.raises(InputError, match="margin: 6 pixels are no whole number of cells of 4"):
        film({"name": "bordered", "margin": 6, "frames": KEYFRAMES})
    inside = {"name": "attending", "frames": named("bordered")}
    with pytest.raises(InputError, match="put it around the other ways"):
        film(inside)


@pytest.mark.parametrize("name", ["bordered", "aligned", "attending", "colour_matched"])
def test_a_way_inside_that_is_none_is_refused(name) -> None:
    with pytest.raises(InputError, match="choose one of"):
        film(named(name, frames={"name": "nothing"}))


def test_an_alignment_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="iterations"):
        film(named("aligned", alignment=ALIGNMENT | {"iterations": -1}))


def test_alignment_calms_grain_and_keeps_hues() -> None:
    rng = np.random.default_rng(0)
    clean = np.broadcast_to(np.array([150, 90, 60]), (1, *SIZE, 3))
    grain = np.clip(clean * (1 + 0.1 * rng.standard_normal((1, *SIZE, 1))), 0, 255)

    @dataclass(frozen=True)
    class Grainy(ToyPainter):
        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            return np.repeat(np.rint(grain).astype(np.uint8), len(maps), axis=0)

    calm = film(named("aligned", frames=SEEDS), Grainy()).frame(0).astype(float)
    assert calm.std((0, 1)).mean() < 0.6 * grain.std((0, 1, 2)).mean()
    np.testing.assert_allclose(calm.mean((0, 1)), clean[0, 0, 0], atol=3)
    assert gap(calm[..., 0] / calm[..., 1], 150 / 90) < 0.03


@pytest.mark.parametrize("match", ["moments", "low_pass"])
def test_matched_pictures_have_the_colours_of_the_still_one(match) -> None:
    """A painter that shifts colours from batch to batch, except for the still picture."""

    @dataclass(frozen=True)
    class Shifting(ToyPainter):
        calls: list[int] = field(default_factory=list)

        def __call__(self, maps, captions, noise, start=None, strength=1.0):
            pictures = super().__call__(maps, captions, noise, start, strength)
            self.calls.append(len(maps))
            return np.clip(pictures.astype(int) + (30 if len(maps) > 1 else 0), 0, 255).astype(
                np.uint8
            )

    still = film({"name": "frozen", "upscale": 1}).frame(0)
    shared = {"name": "shared_noise", "batch": 4, "upscale": 1}
    choice = {"name": "colour_matched", "match": match, "frames": shared}
    bare, matched = film(shared, Shifting()).frame(0), film(choice, Shifting()).frame(0)
    assert abs(bare.mean() - still.mean()) > 20
    assert abs(matched.mean() - still.mean()) < 2


@dataclass(frozen=True)
class Seeing(ToyPainter):
    """Attends so well that every picture becomes the first of its batch."""

    awake: bool = False

    def attending(self):
        return replace(self, awake=True)

    def round_trip(self, pictures):
        return pictures

    def __call__(self, maps, captions, noise, start=None, strength=1.0):
        pictures = super().__call__(maps, captions, noise, start, strength)
        return np.repeat(pictures[:1], len(pictures), axis=0) if self.awake else pictures


def test_every_batch_attends_to_the_still_picture() -> None:
    still = film({"name": "frozen", "upscale": 1}).frame(0)
    matched = {"name": "colour_matched", "match": "moments", "frames": SEEDS}
    for inside in (SEEDS, named("anchored", upscale=1), matched):
        seen = film({"name": "attending", "frames": inside}, Seeing())
        assert gap(seen.frame(7), still) < 1
    outside = matched | {"frames": {"name": "attending", "frames": SEEDS}}
    assert gap(film(outside, Seeing()).frame(7), still) < 1
    assert gap(film(SEEDS, Seeing()).frame(7), still) > 5


def test_a_large_batch_is_cut_so_that_each_part_has_the_still_picture(monkeypatch) -> None:
    monkeypatch.setattr("tasks.video.frames.attending.MOST", 3)
    still = film({"name": "frozen", "upscale": 1}).frame(0)
    seen = film({"name": "attending", "frames": SEEDS | {"batch": 8}}, Seeing())
    assert all(gap(seen.frame(number), still) < 1 for number in range(8))
