import numpy as np
import pytest

from tasks.core import random
from tasks.som.samples import growth, sampling
from tasks.som.samples.sampling import StoredCells, draw


def test_a_draw_is_ascending_and_without_repetition() -> None:
    chosen = draw(1000, 100, random.generator(1, "a"))
    assert (np.diff(chosen) > 0).all()
    np.testing.assert_array_equal(chosen, draw(1000, 100, random.generator(1, "a")))
    assert not np.array_equal(chosen, draw(1000, 100, random.generator(2, "a")))


def test_a_draw_in_parts_is_a_draw_from_the_whole(monkeypatch) -> None:
    monkeypatch.setattr(sampling, "PART", 10)
    times = np.zeros(37)
    for seed in range(3000):
        chosen = draw(37, 12, np.random.default_rng(seed))
        assert (np.diff(chosen) > 0).all()
        assert len(chosen) == 12
        times[chosen] += 1
    spread = np.sqrt(3000 * 12 / 37 * 25 / 37)
    assert np.abs(times - 3000 * 12 / 37).max() < 4.5 * spread


FEATURES = np.arange(10 * 2 * 3 * 2, dtype=np.float32).reshape(10, 2, 3, 2)
PICTURES = np.array([1, 2, 5, 8])


def cells(page: int, block: int, drawn: np.ndarray | None = None) -> StoredCells:
    return StoredCells(lambda a, b: FEATURES[a:b], PICTURES, drawn, 6, 2, page, block)


@pytest.mark.parametrize("page", [1, 3, 4, 100])
@pytest.mark.parametrize("block", [1, 4, 24, 1000])
@pytest.mark.parametrize("drawn", [None, np.array([0, 5, 6, 13, 23])])
def test_cells_come_from_the_chosen_pictures_in_order_whatever_the_pages(
    page: int, block: int, drawn: np.ndarray | None
) -> None:
    source = cells(page, block, drawn)
    expected = FEATURES[PICTURES].reshape(24, 2)[slice(None) if drawn is None else drawn]
    parts = list(source.blocks())
    np.testing.assert_array_equal(np.concatenate(parts), expected)
    assert source.rows == len(expected)
    assert max(len(part) for part in parts) <= block


@pytest.mark.parametrize("drawn", [None, np.array([0, 5, 6, 13, 23])])
def test_a_share_of_the_cells_does_not_depend_on_the_blocks(drawn: np.ndarray | None) -> None:
    wanted = growth.chosen(0, cells(1, 1, drawn).rows, 0.3)
    expected = np.concatenate(list(cells(1, 1, drawn).blocks()))[wanted]
    for block in (1, 5, 100):
        parts = np.concatenate(list(cells(3, block, drawn).blocks(0.3)))
        np.testing.assert_array_equal(parts, expected)


def test_pages_without_a_chosen_picture_are_not_read() -> None:
    read = []

    def reading(start: int, stop: int) -> np.ndarray:
        read.append(start)
        return FEATURES[start:stop]

    list(StoredCells(reading, np.array([0, 7]), None, 6, 2, 2, 100).blocks())
    assert read == [0, 6]
