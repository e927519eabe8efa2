import numpy as np
import pytest

from tasks.orientation.split import held_out

SOURCES = [f"finger-{number // 3}" for number in range(60)]


def test_a_source_is_on_one_side_and_the_share_is_kept():
    found = held_out(SOURCES, 0.25, np.random.default_rng(0))
    sides = {
        name: {bool(f) for f, s in zip(found, SOURCES, strict=True) if s == name}
        for name in SOURCES
    }
    assert all(len(side) == 1 for side in sides.values())
    assert sum(side == {True} for side in sides.values()) == 5


def test_the_split_follows_from_the_generator_and_not_from_the_order():
    first = held_out(SOURCES, 0.25, np.random.default_rng(0))
    back = held_out(SOURCES[::-1], 0.25, np.random.default_rng(0))
    assert np.array_equal(first, back[::-1])
    assert not np.array_equal(first, held_out(SOURCES, 0.25, np.random.default_rng(1)))


def test_neither_side_is_ever_empty():
    for share in (0.001, 0.999):
        found = held_out(["a", "b", "c"], share, np.random.default_rng(0))
        assert 0 < found.sum() < 3
    with pytest.raises(ValueError, match="1 sources"):
        held_out(["a", "a"], 0.5, np.random.default_rng(0))
