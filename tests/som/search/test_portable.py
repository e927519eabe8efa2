import array_api_strict
import numpy as np
import pytest

from tasks.som.search import portable
from tasks.som.search.best_matching_units import search

RANDOM = np.random.default_rng(13)


@pytest.mark.parametrize("nodes", [1, 2, 3, 50])
@pytest.mark.parametrize("second", [True, False])
def test_the_array_api_alone_gives_the_same_bits(nodes: int, second: bool) -> None:
    samples = RANDOM.normal(size=(200, 9)).astype(np.float32)
    weights = np.repeat(RANDOM.normal(size=(nodes, 9)), 2, axis=0)[:nodes]
    expected = search(samples, weights, second=second)
    found = search(
        array_api_strict.asarray(samples),
        array_api_strict.asarray(weights),
        second=second,
        chunk=64,
        xp=array_api_strict,
    )
    for ours, theirs in zip(found[:3], expected[:3], strict=True):
        np.testing.assert_array_equal(np.asarray(ours), theirs)


def test_ties_are_decided_anew_only_where_asked() -> None:
    samples = array_api_strict.asarray(RANDOM.normal(size=(40, 4)).astype(np.float32))
    nodes = array_api_strict.asarray(np.zeros((6, 4)))
    wanted = {"chunk": None, "second": True}
    assert portable.search(array_api_strict, samples, nodes, exact=True, **wanted)[3] == 1.0
    assert portable.search(array_api_strict, samples, nodes, exact=False, **wanted)[3] == 0.0


def test_no_samples_give_no_units() -> None:
    empty = array_api_strict.zeros((0, 3), dtype=array_api_strict.float32)
    nodes = array_api_strict.zeros((4, 3), dtype=array_api_strict.float64)
    assert search(empty, nodes, xp=array_api_strict).best.shape == (0,)
