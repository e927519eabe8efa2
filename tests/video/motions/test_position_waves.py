"""Waves of position, and the bound on their amplitude."""

import logging

import numpy as np
import pytest

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.video.motions.position_waves import PositionWaves
from tasks.video.motions.uniform import Uniform
from tasks.video.registry import MOTIONS

NODES, CELLS, FRAMES = 12, 20, 10


@pytest.fixture
def phase() -> np.ndarray:
    row, col = np.mgrid[:NODES, :NODES] / NODES
    turn = np.arange(FRAMES)[:, None, None] / FRAMES
    return 2 * np.pi * (turn + col + 0.4 * row)


@pytest.fixture
def coordinates() -> np.ndarray:
    y, x = np.mgrid[:CELLS, :CELLS] / (CELLS - 1) * (NODES - 1)
    return np.stack([y, x], axis=-1)


def test_moderate_amplitudes_are_kept(
    phase, coordinates, caplog: pytest.LogCaptureFixture
) -> None:
    moved = PositionWaves(0.005, 0.06, 1.0, 0.5)(phase, coordinates)
    assert moved.amplitude == moved.requested == 0.005
    assert not caplog.records


def test_an_amplitude_that_would_tear_is_limited_and_said(phase, coordinates, caplog) -> None:
    with caplog.at_level(logging.WARNING, "impression_fields"):
        moved = PositionWaves(0.5, 0.06, 1.0, 0.5)(phase, coordinates)
    assert moved.amplitude < moved.requested == 0.5
    assert moved.least_determinant == pytest.approx(0.5, abs=1e-4)
    assert f"limited to {moved.amplitude:.4g}" in caplog.text


def test_the_limit_holds_at_the_size_of_the_output(phase, coordinates) -> None:
    moved = PositionWaves(0.5, 0.06, 1.0, 0.5)(phase, coordinates)
    fine = np.stack([moved.at(frame, 320, 320) / 320 for frame in range(FRAMES)])
    across, down = np.gradient(fine, axis=2) * 320, np.gradient(fine, axis=1) * 320
    dets = (1 + across[..., 0]) * (1 + down[..., 1]) - across[..., 1] * down[..., 0]
    assert dets.min() > 0.49


def test_equal_phases_move_every_place_alike(coordinates) -> None:
    moved = PositionWaves(0.02, 0.06, 1.0, 0.5)(np.full((1, NODES, NODES), 0.3), coordinates)
    wanted = 0.02 * np.array([np.cos(0.3), np.sin(0.3)])
    np.testing.assert_allclose(moved.grid, np.broadcast_to(wanted, moved.grid.shape), atol=1e-6)


def test_disorder_stands_still(coordinates) -> None:
    rng = np.random.default_rng(0)
    wild = rng.uniform(-np.pi, np.pi, (1, NODES, NODES))
    ordered = PositionWaves(0.02, 0.06, 1.0, 0.1)(0 * wild, coordinates)
    disordered = PositionWaves(0.02, 0.06, 1.0, 0.1)(wild, coordinates)
    assert (
        np.linalg.norm(disordered.grid, axis=-1).mean()
        < 0.4 * np.linalg.norm(ordered.grid, axis=-1).mean()
    )


def test_a_torn_map_still_moves_smoothly(phase, coordinates) -> None:
    shuffled = coordinates.copy()
    shuffled[:, CELLS // 2 :] = coordinates[:, : CELLS // 2][::-1]
    moved = PositionWaves(0.02, 0.1, 1.0, 0.5)(phase, shuffled)
    assert moved.least_determinant >= 0.5 - 1e-6


def test_the_uniform_motion_has_no_gradient(phase, coordinates) -> None:
    moved = Uniform(0.03)(phase + 0.0, coordinates)
    assert moved.least_determinant == pytest.approx(1)
    np.testing.assert_allclose(np.linalg.norm(moved.grid, axis=-1), 0.03, rtol=1e-5)


def test_an_unknown_motion_is_refused_with_the_names() -> None:
    with pytest.raises(InputError, match="position_waves, tangent_shimmer"):
        registry.build(MOTIONS, {"name": "spin"}, what="video.motion")
