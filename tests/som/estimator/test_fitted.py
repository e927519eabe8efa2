import math

import numpy as np
import pytest

from tasks.som.estimator.fitted import Fitted, errors
from tasks.som.estimator.origin import Origin
from tasks.som.lattices.lattice import Rect
from tasks.som.quality import quantization_error, topographic_error
from tasks.som.search.best_matching_units import Match, search


def test_parts_and_their_order_make_no_difference(samples, start) -> None:
    lattice = Rect(12, 9)
    whole = search(samples, start)
    parts = [search(part, start) for part in np.array_split(samples, 7)]
    found = errors(parts, lattice)
    assert found == errors(parts[::-1], lattice) == errors([whole], lattice)
    assert found.quantization == pytest.approx(quantization_error(whole), rel=1e-14)
    assert found.topographic == pytest.approx(topographic_error(whole, lattice))


def test_samples_without_a_unit_are_left_out() -> None:
    found = Match(
        np.array([0, -1, 1]), np.array([1, -1, 3]), np.array([1.0, np.nan, 3.0]), refined=0.0
    )
    assert errors([found], Rect(1, 4)) == (2.0, 0.5)


def test_without_any_unit_there_is_no_error_to_tell() -> None:
    found = Match(np.array([-1]), np.array([-1]), np.array([np.nan]), refined=0.0)
    assert all(map(math.isnan, errors([found], Rect(1, 4))))


def test_a_map_of_one_node_has_no_topographic_error(samples) -> None:
    assert errors([search(samples, np.zeros((1, 9)))], Rect(1, 1)).topographic == 0.0


@pytest.mark.parametrize("counts", [1, 3])
def test_a_moved_map_has_the_same_nodes_and_makes_the_same_of_its_sums(counts: int) -> None:
    chance = np.random.default_rng(3)
    before, after = (
        Origin.of(low, low + wide, 50) for low, wide in ((np.zeros(3), 4.0), (np.arange(3.0), 9.0))
    )
    sums = np.hstack([chance.integers(1, 9, (4, counts)), chance.normal(size=(4, 3))])
    state = Fitted(chance.normal(size=(4, 3)), before, sums, 2)
    moved = state.moved(after)
    np.testing.assert_allclose(after.undo(moved.nodes), before.undo(state.nodes), rtol=1e-13)
    means = (one.sums[:, counts:] / one.sums[:, :counts] for one in (state, moved))
    first, second = (rule.undo(mean) for rule, mean in zip((before, after), means, strict=True))
    np.testing.assert_allclose(second, first, rtol=1e-13)
