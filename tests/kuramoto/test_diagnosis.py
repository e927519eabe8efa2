"""Three kinds of motion that the diagnosis tells apart."""

import numpy as np
import pytest

from tasks.kuramoto.diagnosis import diagnose

FRAMES = 12
TURN = np.arange(FRAMES)[:, None, None] * 2 * np.pi / FRAMES


def test_synchrony_is_in_order_and_locked() -> None:
    found = diagnose(TURN + np.zeros((1, 16, 16)))
    assert found["order"] == pytest.approx(1)
    assert (found["locked"], found["vortices"]) == (1.0, 0.0)


def test_a_wave_is_in_order_in_each_place_alone() -> None:
    col = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    found = diagnose(TURN + np.broadcast_to(col, (1, 32, 32)))
    assert found["order"] < 1e-12
    assert found["local_order"] > 0.9
    assert (found["locked"], found["vortices"]) == (1.0, 0.0)


def test_disorder_has_vortices_and_no_order() -> None:
    found = diagnose(np.random.default_rng(0).uniform(-np.pi, np.pi, (FRAMES, 32, 32)))
    assert found["order"] < 0.1
    assert found["local_order"] < 0.5
    assert found["locked"] < 0.1
    assert found["vortices"] > 200


def test_half_of_the_nodes_ahead_of_the_others_are_not_locked() -> None:
    speed = np.where(np.arange(20) < 12, 0.1, 0.3)[None, None, :]
    phases = np.arange(FRAMES)[:, None, None] * np.broadcast_to(speed, (1, 20, 20))
    assert diagnose(phases)["locked"] == pytest.approx(0.6)


def test_a_single_frame_is_locked() -> None:
    assert diagnose(np.zeros((1, 4, 4)))["locked"] == 1.0
