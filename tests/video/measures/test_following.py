"""Following, sticking and melting, on motions that are known."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tasks.video.measures.following import following, melting, sticking
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.warping import warp
from tests.video.toy import circling

SIDE, FRAMES = 96, 12
MOTION = circling(0.02, FRAMES)


@pytest.fixture(scope="module")
def still() -> np.ndarray:
    grain = np.random.default_rng(0).standard_normal((SIDE, SIDE))
    smooth = gaussian_filter(grain, 2) * 2 + gaussian_filter(grain, 8) * 10
    return (0.5 + 0.15 * smooth / smooth.std()).clip(0, 1).astype(np.float32)


def moved(still: np.ndarray, motion: Displacement = MOTION) -> np.ndarray:
    return np.stack([warp(still, motion.at(t, SIDE, SIDE)) for t in range(FRAMES)])


def test_a_warp_follows_its_own_motion_and_half_of_it_half(still) -> None:
    whole = following(moved(still), MOTION)
    half = following(moved(still, Displacement(MOTION.grid / 2, 0, 0)), MOTION)
    assert whole["gain"] == pytest.approx(1, abs=0.12)
    assert half["gain"] == pytest.approx(whole["gain"] / 2, abs=0.1)
    assert whole["tof"] < 0.2 < half["tof"] < 0.7


def test_detail_that_stays_while_the_light_moves_is_stuck(still) -> None:
    soft = gaussian_filter(still, 4)
    sticking_grain = moved(soft) + (still - soft)
    assert sticking(moved(still), MOTION)["slip"] > 0.3
    assert sticking(sticking_grain, MOTION)["slip"] < -0.3


def test_what_is_only_moved_does_not_melt_and_what_swells_does_by_as_much(still) -> None:
    time = np.arange(FRAMES)[:, None, None]
    swelling = 0.04 * np.cos(2 * np.pi * 2 * time / FRAMES)
    boiling = 0.04 * np.cos(2 * np.pi * 5 * time / FRAMES)
    rigid = melting(moved(still), MOTION)["melt"]
    assert rigid < 0.5
    swollen = melting(moved(still) + swelling.astype(np.float32), MOTION)["melt"]
    assert swollen == pytest.approx(100 * 0.04 / np.sqrt(2), abs=0.1)
    assert melting(moved(still) + boiling.astype(np.float32), MOTION)["melt"] < rigid + 0.1


def test_a_frozen_picture_melts_when_it_should_move(still) -> None:
    frozen = np.repeat(still[None], FRAMES, axis=0)
    assert melting(frozen, MOTION)["melt"] > 5 * melting(moved(still), MOTION)["melt"]
