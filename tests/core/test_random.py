import numpy as np

from tasks.core import random


def test_names_make_streams_of_their_own():
    seeds = {
        random.seed(1, "a", 1),
        random.seed(1, "a", 2),
        random.seed(2, "a", 1),
        random.seed(1, "a", "1"),
    }
    assert len(seeds) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_stream_repeats_itself():
    draws = [random.generator(5, "noise", 3).standard_normal(4) for _ in range(2)]
    np.testing.assert_array_equal(*draws)


def test_joined_names_are_not_confused():
    assert random.seed(1, "ab", "c") != random.seed(1, "a", "bc")
    assert random.seed(1, "a", "b") != random.seed(1, "a\x1fstr:b")


def test_pytorch_has_the_same_streams():
    first, second = (random.torch_generator(5, "noise").initial_seed() for _ in range(2))
    assert first == second == random.seed(5, "noise")
