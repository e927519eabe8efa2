import tracemalloc
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_sample_image

from tasks.som.search import best_matching_units
from tasks.som.search.best_matching_units import Match, search

RANDOM = np.random.default_rng(3)
HAS_NUMBA = find_spec("numba") is not None
JIT = [
    False,
    pytest.param(True, marks=pytest.mark.skipif(not HAS_NUMBA, reason="numba is not installed")),
]
WAYS = [("dense", False), ("pruned", False), ("dense", True), ("pruned", True)]
WAYS = WAYS if HAS_NUMBA else WAYS[:2]


def assert_equal(found: Match, expected: Match) -> None:
    """Check units and distances bit for bit; the share decided anew may differ."""
    for ours, theirs in zip(found[:3], expected[:3], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def brute_force(samples: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Return the order of the nodes by distance in double precision, the lowest index first among
    equals.
    """
    squared = np.zeros((len(samples), len(nodes)))
    for feature in range(samples.shape[1]):
        squared += (samples[:, feature, None].astype(np.float64) - nodes[None, :, feature]) ** 2
    return np.argsort(squared, axis=1, kind="stable")


def assert_exact(samples: np.ndarray, nodes: np.ndarray, chunk: int | None = None) -> None:
    found, order = search(samples, nodes, chunk=chunk), brute_force(samples, nodes)
    np.testing.assert_array_equal(found.best, order[:, 0])
    np.testing.assert_array_equal(found.second, order[:, 1])
    nearest = np.linalg.norm(samples.astype(np.float64) - nodes[order[:, 0]], axis=1)
    np.testing.assert_allclose(found.distance, nearest, rtol=1e-12, atol=1e-12)


def test_it_finds_the_two_nearest_nodes(samples, start) -> None:
    assert_exact(samples, start)


def test_near_ties_are_decided_in_double_precision() -> None:
    nodes = np.repeat(RANDOM.normal(size=(40, 6)), 3, axis=0)
    nodes += 1e-9 * RANDOM.normal(size=nodes.shape)
    samples = RANDOM.normal(size=(500, 6)).astype(np.float32)
    assert_exact(samples, nodes)
    assert search(samples, nodes).refined == 1.0
    assert (
        np.mean(search(samples, nodes, exact=False).best != brute_force(samples, nodes)[:, 0])
        > 0.3
    )


def test_the_lowest_index_wins_among_equal_nodes() -> None:
    nodes = np.repeat(RANDOM.normal(size=(5, 3)), 4, axis=0)
    found = search(RANDOM.normal(size=(50, 3)).astype(np.float32), nodes)
    np.testing.assert_array_equal(found.best % 4, 0)
    np.testing.assert_array_equal(found.second, found.best + 1)


@pytest.mark.parametrize(("mean", "deviation"), [(1e3, 0.1), (1e4, 1.0)])
def test_data_far_from_the_origin_are_matched_exactly(mean: float, deviation: float) -> None:
    samples = (mean + deviation * RANDOM.normal(size=(400, 8))).astype(np.float32)
    assert_exact(samples, mean + deviation * RANDOM.normal(size=(64, 8)))


def test_samples_far_from_all_nodes_are_matched_exactly() -> None:
    samples = (1e6 * RANDOM.normal(size=(300, 5))).astype(np.float32)
    assert_exact(samples, RANDOM.normal(size=(50, 5)))


def test_nodes_that_coincide_are_all_candidates() -> None:
    found = search(np.ones((3, 2), np.float32), np.zeros((4, 2)))
    assert found.best.tolist() == [0, 0, 0]
    assert found.second.tolist() == [1, 1, 1]


@pytest.mark.parametrize("chunk", [1, 7, 64, 128, 512, 5000])
def test_chunks_make_no_difference(samples, start, chunk: int) -> None:
    expected, found = search(samples, start), search(samples, start, chunk=chunk)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_plain_search_agrees_but_for_near_ties(samples, start) -> None:
    plain, exact = search(samples, start, exact=False), search(samples, start)
    assert np.mean(plain.best == exact.best) >= 0.999
    assert plain.refined == 0.0


def test_a_map_of_one_node_has_no_second_unit(samples) -> None:
    found = search(samples, np.zeros((1, 9)))
    assert set(found.best) == {0}
    assert set(found.second) == {-1}


def test_a_map_of_two_nodes_has_both(samples) -> None:
    found = search(samples, np.random.default_rng(0).normal(size=(2, 9)))
    np.testing.assert_array_equal(found.best + found.second, 1)


def test_no_samples_give_no_units(start) -> None:
    assert len(search(np.zeros((0, 9), np.float32), start).best) == 0


def photograph(count: int) -> np.ndarray:
    """Return standardised pixels of a photograph with their neighbours' colours."""
    image = load_sample_image("flower.jpg")[::3, ::3].astype(np.float32)
    around = [np.roll(image, shift, axis=(0, 1)) for shift in ((0, 0), (2, 0), (0, 3))]
    table = np.concatenate(around, axis=2).reshape(-1, 9)[:count]
    return (table - table.mean(axis=0)) / table.std(axis=0)


def ordered(samples: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """Return weights of a map that has been folded into the samples' two main directions."""
    *_, axes = np.linalg.svd(samples, full_matrices=False)
    down, right = np.meshgrid(np.linspace(-3, 3, rows), np.linspace(-3, 3, cols), indexing="ij")
    plane = down[..., None] * axes[0] + right[..., None] * axes[1]
    return (plane + 0.1 * np.sin(3 * plane)).reshape(rows * cols, -1).astype(np.float64)


def blobs(count: int) -> np.ndarray:
    centres = RANDOM.normal(size=(30, 6), scale=4.0)
    return (centres[RANDOM.integers(30, size=count)] + RANDOM.normal(size=(count, 6))).astype(
        np.float32
    )


CASES = {
    "photograph": (photograph(1500), (12, 16)),
    "blobs": (blobs(1200), (9, 10)),
    "uniform noise": (RANDOM.uniform(-1, 1, (900, 6)).astype(np.float32), (16, 16)),
    "one row": (blobs(500), (1, 67)),
    "one column": (blobs(500), (53, 1)),
    "three columns": (blobs(500), (21, 3)),
    "sides not divisible by four": (photograph(700), (13, 7)),
    "all rows equal": (np.full((300, 6), 0.3, np.float32), (8, 8)),
    "fewer samples than nodes": (blobs(7), (16, 16)),
    "two nodes": (blobs(100), (1, 2)),
    "one node": (blobs(100), (1, 1)),
}


@pytest.mark.parametrize(("method", "jit"), WAYS)
@pytest.mark.parametrize("case", CASES)
def test_every_way_gives_the_double_precision_answer(case: str, method: str, jit: bool) -> None:
    samples, shape = CASES[case]
    nodes = ordered(samples, *shape)
    found = search(samples, nodes, method=method, shape=shape, jit=jit)
    order = brute_force(samples, nodes)
    np.testing.assert_array_equal(found.best, order[:, 0])
    np.testing.assert_array_equal(found.second, order[:, 1] if len(nodes) > 1 else -1)
    assert_equal(search(samples, nodes, method=method, jit=jit), found)
    first = search(samples, nodes, method=method, shape=shape, jit=jit, second=False)
    np.testing.assert_array_equal(first.best, found.best)
    np.testing.assert_array_equal(first.distance, found.distance)
    assert set(first.second) == {-1}


@pytest.mark.parametrize(("method", "jit"), WAYS)
def test_duplicated_nodes_tie_to_the_lowest_index_in_every_way(method: str, jit: bool) -> None:
    samples = blobs(600)
    nodes = np.tile(ordered(samples, 6, 8), (3, 1))[RANDOM.permutation(144)]
    found = search(samples, nodes, method=method, shape=(12, 12), jit=jit)
    order = brute_force(samples, nodes)
    np.testing.assert_array_equal(found.best, order[:, 0])
    np.testing.assert_array_equal(found.second, order[:, 1])


@pytest.mark.parametrize(("method", "jit"), WAYS)
@pytest.mark.parametrize("options", [{"chunk": 1}, {"chunk": 37}, {"threads": 2}])
def test_chunks_and_threads_make_no_difference_in_any_way(
    method: str, jit: bool, options: dict
) -> None:
    samples, nodes = photograph(1500), ordered(photograph(1500), 12, 16)
    expected = search(samples, nodes)
    assert_equal(
        search(samples, nodes, method=method, shape=(12, 16), jit=jit, **options), expected
    )


@pytest.mark.parametrize(("method", "jit"), WAYS)
@pytest.mark.parametrize(("mean", "deviation"), [(1e3, 0.1), (1e4, 1.0), (0.0, 1e6), (0.0, 1e-6)])
def test_no_way_is_misled_by_where_the_data_lie(
    method: str, jit: bool, mean: float, deviation: float
) -> None:
    samples = (mean + deviation * RANDOM.normal(size=(400, 6))).astype(np.float32)
    nodes = mean + (deviation or 1) * ordered(RANDOM.normal(size=(50, 6)), 8, 8)
    found = search(samples, nodes, method=method, shape=(8, 8), jit=jit)
    np.testing.assert_array_equal(found.best, brute_force(samples, nodes)[:, 0])
    np.testing.assert_array_equal(found.second, brute_force(samples, nodes)[:, 1])


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 40),
    rows=st.integers(1, 9),
    cols=st.integers(1, 9),
    features=st.sampled_from([1, 6]),
    levels=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_way_agrees_on_any_shape_and_any_ties(
    count: int, rows: int, cols: int, features: int, levels: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    samples = random.integers(-levels, levels + 1, (count, features)).astype(np.float32)
    nodes = random.integers(-levels, levels + 1, (rows * cols, features)) / 2.0
    order = brute_force(samples, nodes)
    for method, jit in WAYS:
        found = search(samples, nodes, method=method, shape=(rows, cols), jit=jit)
        np.testing.assert_array_equal(found.best, order[:, 0])
        if rows * cols > 1:
            np.testing.assert_array_equal(found.second, order[:, 1])


@pytest.mark.parametrize("jit", JIT)
def test_automatic_search_drops_pruning_where_it_saves_nothing(jit: bool, monkeypatch) -> None:
    monkeypatch.setitem(best_matching_units.PAYS, jit, 1)
    samples = RANDOM.uniform(-1, 1, (3000, 9)).astype(np.float32)
    nodes = RANDOM.uniform(-1, 1, (256, 9))
    runs = []
    run = best_matching_units._Task.run
    monkeypatch.setattr(
        best_matching_units._Task,
        "run",
        lambda task, parts: runs.append([home for _, home in parts]) or run(task, parts),
    )
    found = search(samples, nodes, shape=(16, 16), jit=jit, chunk=128)
    trial, others = runs
    assert all(home is not None for home in trial)
    assert all(home is None for home in others)
    assert_equal(found, search(samples, nodes, method="dense"))


@pytest.mark.parametrize(("method", "jit"), WAYS)
def test_samples_times_nodes_is_never_held(method: str, jit: bool) -> None:
    samples, shape = photograph(20000), (64, 64)
    nodes = ordered(samples, *shape)
    search(samples[:500], nodes, method=method, shape=shape, jit=jit)
    tracemalloc.start()
    search(samples, nodes, method=method, shape=shape, jit=jit)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6  # samples x nodes in single precision: 328e6


def test_inputs_of_any_layout_are_accepted_and_left_alone() -> None:
    samples, nodes = photograph(300), ordered(photograph(300), 5, 6)
    expected = search(samples, nodes)
    for form in (np.asfortranarray(samples), np.repeat(samples, 2, axis=0)[::2]):
        form.setflags(write=False)
        for method, jit in WAYS:
            assert_equal(search(form, nodes, method=method, jit=jit), expected)


@pytest.mark.parametrize(
    ("options", "line"),
    [({"method": "quick"}, "method is 'quick'"), ({"shape": (3, 5)}, r"shape is \(3, 5\)")],
)
def test_bad_arguments_are_named(options: dict, line: str) -> None:
    with pytest.raises(ValueError, match=line):
        search(photograph(10), np.zeros((12, 9)), **options)
