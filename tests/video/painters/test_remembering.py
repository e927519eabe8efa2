"""A painter that paints nothing twice."""

from pathlib import Path

import numpy as np
import pytest

from tasks.core import items
from tasks.video.painters.remembering import BATCH, RememberingPainter
from tests.video.toy import SIZE, ToyPainter


class Counting(ToyPainter):
    """Counts what it paints."""

    def __call__(self, maps, captions, noise, start=None, strength=1.0):
        calls.append(len(maps))
        return super().__call__(maps, captions, noise, start, strength)


calls: list[int] = []


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    items.configure(".cache/items")
    calls.clear()


def request(count: int) -> tuple[np.ndarray, list[str], np.ndarray]:
    rng = np.random.default_rng(0)
    maps = rng.random((count, 7, *SIZE), np.float32)
    return maps, ["x"] * count, rng.standard_normal((count, 3, 8, 8), np.float32)


def test_the_same_request_is_painted_once() -> None:
    painter = RememberingPainter(Counting(), "toy")
    first, again = painter(*request(3)), RememberingPainter(Counting(), "toy")(*request(3))
    assert calls == [3]
    assert np.array_equal(first, again)
    assert np.array_equal(first, ToyPainter()(*request(3)))


def test_whatever_a_picture_depends_on_makes_it_another() -> None:
    maps, captions, noise = request(2)
    start = np.zeros((2, *SIZE, 3), np.uint8)
    painter = RememberingPainter(Counting(), "toy")
    painter(maps, captions, noise)
    painter(maps + 0.1, captions, noise)
    painter(maps, ["y", "x"], noise)
    painter(maps, captions, noise + 1)
    painter(maps, captions, noise, start, 0.5)
    painter(maps, captions, noise, start, 0.6)
    RememberingPainter(Counting(), "other")(maps, captions, noise)
    assert calls == [2] * 7


def test_a_large_request_is_cut() -> None:
    found = RememberingPainter(Counting(), "toy")(*request(BATCH + 3))
    assert calls == [BATCH, 3]
    assert np.array_equal(found, ToyPainter()(*request(BATCH + 3)))
