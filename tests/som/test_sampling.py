import numpy as np

from tasks.core import random
from tasks.som.sampling import draw, gather


def test_a_draw_is_ascending_and_without_repetition() -> None:
    chosen = draw(1000, 100, random.generator(1, "a"))
    assert (np.diff(chosen) > 0).all()
    np.testing.assert_array_equal(chosen, draw(1000, 100, random.generator(1, "a")))
    assert not np.array_equal(chosen, draw(1000, 100, random.generator(2, "a")))


def test_all_cells_are_taken_where_there_are_no_more() -> None:
    np.testing.assert_array_equal(draw(7, 9, random.generator(1, "a")), np.arange(7))


def test_cells_come_from_the_chosen_pictures_in_order_whatever_the_slabs() -> None:
    features = np.arange(10 * 2 * 3 * 2, dtype=np.float32).reshape(10, 2, 3, 2)
    pictures, chosen = np.array([1, 2, 5, 8]), np.array([0, 5, 6, 13, 23])
    expected = features[pictures].reshape(24, 2)[chosen]
    for slab in (1, 3, 4, 100):
        parts = gather(lambda start, stop: features[start:stop], pictures, chosen, 6, slab=slab)
        np.testing.assert_array_equal(np.concatenate(list(parts)), expected)
