"""The same phases on a GPU."""

import numpy as np
import pytest

from tasks.core import backend
from tasks.kuramoto.distance import Distance
from tasks.kuramoto.graph import Graph
from tasks.kuramoto.mean_field import MeanField
from tasks.kuramoto.order import wrap
from tasks.kuramoto.periodic import Periodic
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.som.lattices.lattice import Rect

SIDE = 48


@pytest.mark.gpu
@pytest.mark.parametrize(
    "variant",
    [
        Similarity(1.0, 3.0, 1.5, 0.1, 1.5),
        Distance(1.0, 6, 2.0),
        Periodic(1.0, 2.0, 0.0),
        Graph(1.0, 2, 1.5, 0.1, 1.5),
        MeanField(1.0),
    ],
)
def test_fifty_steps_lead_to_the_same_phases(variant) -> None:
    xp = backend.namespace("auto")
    if xp is np:
        pytest.skip("no GPU at hand")
    rng = np.random.default_rng(0)
    codebook = rng.standard_normal((SIDE, SIDE, 3)).astype(np.float32)
    phase = rng.uniform(-np.pi, np.pi, (SIDE, SIDE)).astype(np.float32)
    neighbours, step = Rect(SIDE, SIDE).neighbours(), RungeKutta(0.1)
    here = step(phase, 0 * phase, variant(codebook, neighbours), 5.0)
    start = xp.asarray(phase)
    there = step(start, 0 * start, variant(xp.asarray(codebook), neighbours), 5.0)
    assert np.abs(wrap(backend.to_numpy(there) - here)).max() <= 1e-4
