"""The procedural scenes: same seed, same bytes; known words; palettes that differ in colour."""

import hashlib
import subprocess
import sys
from itertools import combinations

import cv2
import numpy as np
import pytest

from tasks.pictures.scenery.vocabulary import (
    GROUNDS,
    MOST_EXTRAS,
    OBJECTS,
    PALETTES,
    RELIEFS,
    WEATHER,
)
from tasks.pictures.scenes import draw

Scenes = list[tuple[np.ndarray, str]]
DIGEST = (
    "import hashlib, cv2, sys; from tasks.pictures.scenes import draw; cv2.setNumThreads(2);"
    "print(hashlib.sha256(b''.join(draw(s)[0].tobytes() for s in range(12))).hexdigest())"
)


@pytest.fixture(scope="module")
def scenes() -> Scenes:
    """Four hundred scenes at 64 pixels."""
    return [draw(seed, 64) for seed in range(400)]


def words(caption: str) -> tuple[str, list[str]]:
    """Return the palette word and the other words of a caption."""
    start, rest = caption.split(" landscape with ")
    article, palette = start.split(" ")
    assert article == ("an" if palette[0] in "aeiou" else "a")
    return palette, rest.split(", ")


def test_a_picture_depends_on_its_seed_and_size_alone():
    first, caption = draw(7)
    draw(8)
    np.random.default_rng(0).random()
    second, again = draw(7)
    np.testing.assert_array_equal(first, second)
    assert caption == again


def test_another_process_with_more_threads_draws_the_same_bytes():
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    here = hashlib.sha256(b"".join(draw(seed)[0].tobytes() for seed in range(12))).hexdigest()
    cv2.setNumThreads(threads)
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == here


def thumbnail(picture: np.ndarray) -> np.ndarray:
    """Return a picture averaged to 4 x 4 pixels."""
    return cv2.resize(picture, (4, 4), interpolation=cv2.INTER_AREA).astype(float)


@pytest.mark.parametrize("size", [32, 128, 256, 512])
def test_a_picture_has_the_size_asked_for_and_shows_the_same_scene(size: int, scenes: Scenes):
    small = np.stack([thumbnail(picture) for picture, _ in scenes])
    for seed in range(12):
        picture, caption = draw(seed, size)
        assert picture.shape == (size, size, 3)
        assert picture.dtype == np.uint8
        assert caption == scenes[seed][1]
        distance = np.abs(small - thumbnail(picture)).mean((1, 2, 3))
        assert distance.argmin() == seed
        assert distance[seed] < 4


def test_every_scene_can_be_drawn_large():
    for seed in range(60):
        assert draw(seed, 256)[0].shape == (256, 256, 3)


def test_a_size_too_small_is_refused_by_name():
    with pytest.raises(ValueError, match="size must be at least 32, not 4"):
        draw(0, 4)


def test_different_seeds_give_different_pictures(scenes: Scenes):
    assert len({picture.tobytes() for picture, _ in scenes}) == len(scenes)


def test_a_caption_names_one_palette_one_relief_one_ground_and_few_extras(scenes: Scenes):
    for _, caption in scenes:
        palette, rest = words(caption)
        assert palette in PALETTES
        assert sum(word in RELIEFS for word in rest) == 1
        assert sum(word in GROUNDS for word in rest) == 1
        extras = [word for word in rest if word in (*WEATHER, *OBJECTS)]
        assert len(rest) == 2 + len(extras) == 2 + len(set(extras))
        assert len(extras) <= MOST_EXTRAS
        assert len(caption.replace(",", " ,").split()) <= 20


def test_every_word_of_the_vocabulary_is_reached(scenes: Scenes):
    found = {word for _, caption in scenes for word in (words(caption)[0], *words(caption)[1])}
    assert found == {*PALETTES, *RELIEFS, *GROUNDS, *WEATHER, *OBJECTS}


def test_palettes_differ_in_mean_colour(scenes: Scenes):
    mean = {
        palette: np.mean([p.mean((0, 1)) for p, c in scenes if words(c)[0] == palette], axis=0)
        for palette in PALETTES
    }
    for first, second in combinations(PALETTES, 2):
        assert np.linalg.norm(mean[first] - mean[second]) > 12, (first, second)


def test_grounds_differ_in_texture_or_colour(scenes: Scenes):
    """A nearest-centroid rule on the lower part tells the ground far more often than chance."""
    described, labels = [], []
    for picture, caption in scenes:
        palette, rest = words(caption)
        lower = picture[40:].astype(float) / 255
        grey = lower.mean(-1)
        steps = [np.abs(np.diff(grey, axis=axis)).mean() * 4 for axis in (0, 1)]
        described.append([*lower.mean((0, 1)), *steps, *[steps[0] - steps[1]]])
        labels.append((palette, next(word for word in rest if word in GROUNDS)))
    described = np.array(described)
    for palette in PALETTES:
        rows = [i for i, label in enumerate(labels) if label[0] == palette]
        described[rows] -= described[rows].mean(0)
    described /= described.std(0)
    grounds = np.array([GROUNDS.index(ground) for _, ground in labels])
    even = np.arange(len(grounds)) % 2 == 0
    centre = np.stack([described[even & (grounds == k)].mean(0) for k in range(len(GROUNDS))])
    nearest = np.linalg.norm(described[~even, None] - centre, axis=-1).argmin(-1)
    assert (nearest == grounds[~even]).mean() > 0.6


def test_a_big_sun_is_bright_and_night_is_dark(scenes: Scenes):
    sunny = [
        p[:40].max((0, 1)).mean()
        for p, c in scenes
        if "big sun" in c and "fog" not in c and "clouds" not in c
    ]
    night = [p.mean() for p, c in scenes if "night" in c]
    day = [p.mean() for p, c in scenes if "night" not in c]
    assert min(sunny) > 190
    assert np.mean(night) < 0.5 * np.mean(day)
