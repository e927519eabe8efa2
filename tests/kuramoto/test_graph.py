"""The coupling along the lattice's graph."""

from collections import deque

import array_api_strict
import numpy as np
import pytest

from tasks.kuramoto.coupling import pull
from tasks.kuramoto.graph import Graph, distances
from tasks.som.lattices.lattice import Rect
from tests.kuramoto.dense import pairwise_sum

SHAPE = (7, 6)
COUNT = SHAPE[0] * SHAPE[1]


def ring(count: int) -> np.ndarray:
    """Return the neighbours on a ring, which no rectangle is."""
    node = np.arange(count)
    return np.stack([(node + 1) % count, (node - 1) % count, np.full(count, -1)], axis=1)


NEIGHBOURS = {"rectangle": Rect(*SHAPE).neighbours(), "ring": ring(COUNT)}


def searched(neighbours: np.ndarray, hops: int) -> np.ndarray:
    """Return the steps between all nodes by breadth-first search, 0 beyond `hops`."""
    steps = np.zeros((len(neighbours), len(neighbours)))
    for start in range(len(neighbours)):
        seen, queue = {start: 0}, deque([start])
        while queue:
            node = queue.popleft()
            for other in neighbours[node]:
                if other >= 0 and other not in seen and seen[node] < hops:
                    seen[int(other)] = seen[node] + 1
                    queue.append(int(other))
        for node, step in seen.items():
            steps[start, node] = step
    return steps


def matrix(codebook: np.ndarray, neighbours: np.ndarray, variant: Graph) -> np.ndarray:
    steps, nodes = searched(neighbours, variant.hops), codebook.reshape(COUNT, -1)
    unlike = ((nodes[:, None] - nodes[None]) ** 2).sum(-1)
    adjacent = np.sort(np.sqrt(unlike[np.triu(steps == 1)]))
    sigma = variant.tolerance * adjacent[len(adjacent) // 2]
    alike = variant.floor + (1 - variant.floor) * np.exp(-unlike / (2 * sigma**2))
    s = np.where(steps > 0, np.exp(-(steps**2) / (2 * variant.width**2)) * alike, 0)
    root = 1 / np.sqrt(s.sum(1))
    return variant.strength * root[:, None] * s * root[None]


@pytest.mark.parametrize("neighbours", NEIGHBOURS.values(), ids=list(NEIGHBOURS))
@pytest.mark.parametrize("hops", [1, 3, 16])
def test_distances_are_those_of_a_breadth_first_search(neighbours, hops: int) -> None:
    found = distances(neighbours, hops)
    np.testing.assert_array_equal(found.toarray(), searched(neighbours, hops))
    assert found.has_canonical_format


@pytest.mark.parametrize("neighbours", NEIGHBOURS.values(), ids=list(NEIGHBOURS))
@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_it_equals_the_pairwise_sum_over_its_formula(neighbours, dtype: type, bound) -> None:
    rng = np.random.default_rng(0)
    codebook = rng.standard_normal((*SHAPE, 3)).astype(dtype)
    phase = rng.uniform(-np.pi, np.pi, SHAPE).astype(dtype)
    variant = Graph(0.8, 2, 1.3, 0.2, 1.5)
    dense = matrix(codebook.astype(np.float64), neighbours, variant)
    coupling = variant(codebook, neighbours)
    wanted, found = pairwise_sum(dense, phase), pull(coupling, phase)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() <= bound * np.abs(wanted).max()
    assert coupling.row_sum == pytest.approx(dense.sum(1).max(), rel=1e-5)


def test_gathering_equals_compressed_rows() -> None:
    rng = np.random.default_rng(1)
    codebook, phase = rng.standard_normal((*SHAPE, 3)), rng.standard_normal(SHAPE)
    variant = Graph(0.8, 2, 1.3, 0.2, 1.5)
    xp = array_api_strict
    strict = variant(xp.asarray(codebook), xp.asarray(NEIGHBOURS["rectangle"]))
    rows = variant(codebook, NEIGHBOURS["rectangle"])
    found = pull(strict, xp.asarray(phase))
    np.testing.assert_allclose(np.asarray(found), pull(rows, phase), atol=1e-14)
    assert strict.row_sum == pytest.approx(rows.row_sum)


def test_a_node_without_neighbours_is_left_alone() -> None:
    neighbours = ring(COUNT)
    neighbours[[0, 1, -1], :] = [[-1] * 3, [2, -1, -1], [COUNT - 2, -1, -1]]
    rng = np.random.default_rng(2)
    phase = rng.standard_normal(SHAPE)
    found = pull(Graph(1.0, 3, 1.0, 0.1, 1.0)(rng.random((*SHAPE, 2)), neighbours), phase)
    assert found[0, 0] == 0
    assert np.abs(found.ravel()[1:]).min() > 0


def test_equal_nodes_fall_back_to_distance() -> None:
    coupling = Graph(1.0, 2, 1.0, 0.1, 1.0)(np.ones((*SHAPE, 2)), NEIGHBOURS["rectangle"])
    assert np.isfinite(coupling.row_sum)


def test_missing_neighbours_are_named() -> None:
    with pytest.raises(ValueError, match="neighbours"):
        Graph(1.0, 2, 1.0, 0.1, 1.0)(np.ones((*SHAPE, 2)))
