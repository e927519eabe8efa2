"""The sets."""

import numpy as np

from tasks.artifacts.generation import SETS
from tasks.generation.sets import SPLIT_OF, members

SPLIT = np.array([0, 1, 2, 1, 1, 0, 2, 1], np.uint8)


def test_every_set_has_its_split() -> None:
    assert set(SPLIT_OF) == set(SETS)


def test_a_set_holds_the_held_out_pictures_that_chose_nothing() -> None:
    assert members(SPLIT, "scenes", without=[1, 3], most=9).tolist() == [4, 7]
    assert members(SPLIT, "photographs", without=[1, 3], most=9).tolist() == [2, 6]


def test_a_set_is_cut_to_its_first_members() -> None:
    assert members(SPLIT, "scenes", without=[], most=2).tolist() == [1, 3]
    assert members(np.zeros(3, np.uint8), "scenes", without=[], most=2).tolist() == []
