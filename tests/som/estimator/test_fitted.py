import math

import numpy as np
import pytest

from tasks.som.estimator.fitted import mean_distance, share_not_adjacent
from tasks.som.lattices.lattice import Rect
from tasks.som.quality import quantization_error, topographic_error
from tasks.som.search.best_matching_units import Match, search


def test_parts_and_their_order_make_no_difference(samples, start) -> None:
    lattice = Rect(12, 9)
    whole = search(samples, start)
    parts = [search(part, start) for part in np.array_split(samples, 7)]
    assert mean_distance(parts) == mean_distance(parts[::-1]) == mean_distance([whole])
    assert mean_distance(parts) == pytest.approx(quantization_error(whole), rel=1e-14)
    assert share_not_adjacent(parts, lattice) == pytest.approx(topographic_error(whole, lattice))


def test_samples_without_a_unit_are_left_out() -> None:
    found = Match(
        np.array([0, -1, 1]), np.array([1, -1, 3]), np.array([1.0, np.nan, 3.0]), refined=0.0
    )
    assert mean_distance([found]) == 2.0
    assert share_not_adjacent([found], Rect(1, 4)) == 0.5


def test_without_any_unit_there_is_no_error_to_tell() -> None:
    found = Match(np.array([-1]), np.array([-1]), np.array([np.nan]), refined=0.0)
    assert math.isnan(mean_distance([found]))
    assert math.isnan(share_not_adjacent([found], Rect(1, 4)))


def test_a_map_of_one_node_has_no_topographic_error(samples) -> None:
    assert share_not_adjacent([search(samples, np.zeros((1, 9)))], Rect(1, 1)) == 0.0
