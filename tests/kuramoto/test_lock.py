"""Frequencies from the relief, locked by the couplings or refused."""

import re

import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Combined, drift
from tasks.kuramoto.evolution import evolve
from tasks.kuramoto.lock import Lock
from tasks.kuramoto.mean_field import Mean
from tasks.kuramoto.order import wrap
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.vortex import vortices

NEIGHBOURS = Similarity(0.6, 3.0, 1.5, 0.1, 1.5)


@pytest.fixture(scope="module")
def codebook() -> np.ndarray:
    y, x = np.mgrid[:24, :24] / 24
    return np.stack([x, y, np.sin(7 * x) * np.cos(5 * y)], axis=-1)


def test_a_mean_field_locks_every_node_and_the_loop_closes(codebook: np.ndarray) -> None:
    coupling = Combined([NEIGHBOURS(codebook), Mean(0.75)])
    state = Lock(0.3)(codebook[..., 2], coupling, np.random.default_rng(0))
    assert np.ptp(drift(coupling, state.phase, state.frequency)) < 1e-4
    assert np.ptp(state.phase) > 0.3
    assert vortices(state.phase) == 0
    phases = evolve(state, coupling, RungeKutta(0.5), frames=16, cycles=1)
    closing = wrap(phases[0] - phases[-1] - 2 * np.pi / 16)
    assert np.abs(closing).max() < 1e-3


def test_bright_nodes_run_ahead(codebook: np.ndarray) -> None:
    coupling = Combined([NEIGHBOURS(codebook), Mean(0.75)])
    phase = Lock(0.3)(codebook[..., 2], coupling, np.random.default_rng(1)).phase
    assert np.corrcoef(phase.ravel(), codebook[..., 2].ravel())[0, 1] > 0.8


def test_disorder_that_the_couplings_cannot_hold_is_refused_with_what_would(
    codebook: np.ndarray,
) -> None:
    relief = np.random.default_rng(2).standard_normal((24, 24))
    neighbours = NEIGHBOURS(codebook)
    with pytest.raises(InputError, match=r"video\.frequencies\.disorder: 2 .* mean_field") as told:
        Lock(2.0)(relief, neighbours, np.random.default_rng(3))
    enough = float(re.findall(r"strength ([\d.]+)", str(told.value))[0])
    state = Lock(2.0)(relief, Combined([neighbours, Mean(enough)]), np.random.default_rng(3))
    assert vortices(state.phase) == 0
