"""Measures on motions that are known."""

import numpy as np
import pytest
from skimage.data import astronaut
from skimage.transform import resize

from tasks.video.measures import metrics
from tasks.video.measures.agreement import length
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.warping import to_bytes, warp
from tests.video.toy import circling

SIDE, FRAMES = 128, 12


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    small = resize(astronaut(), (SIDE, SIDE), anti_aliasing=True)
    return (255 * small).astype(np.float32)


def moving(picture: np.ndarray, motion: Displacement) -> np.ndarray:
    return np.stack([to_bytes(warp(picture, motion.at(t, SIDE, SIDE))) for t in range(FRAMES)])


@pytest.fixture(scope="module")
def motion() -> Displacement:
    return circling(0.008, FRAMES)


@pytest.fixture(scope="module")
def clips(picture: np.ndarray, motion: Displacement) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(0)
    still = np.repeat(to_bytes(picture)[None], FRAMES, axis=0)
    noise = rng.normal(0, 20, still.shape)
    backwards = Displacement(motion.grid[::-1].copy(), 0, 0)
    frames = {
        "warped": moving(picture, motion),
        "frozen": still,
        "flickering": to_bytes(moving(picture, motion) + noise),
        "contrary": moving(picture, backwards),
    }
    return {name: metrics.measure(values, motion) for name, values in frames.items()}


def test_a_clip_that_moves_as_it_was_told_is_explained_by_its_motion(clips) -> None:
    found = clips["warped"]
    assert found["motion"] > 0.1
    assert found["tof"] < 0.15
    assert found["gain"] == pytest.approx(1, abs=0.1)
    assert found["unexplained"] < 0.45
    assert found["slip"] > 0.3
    assert found["closure"] == pytest.approx(1, abs=0.15)
    assert found["jerk"] < 1.2


def test_a_frozen_clip_wins_the_errors_and_does_not_follow(clips) -> None:
    found = clips["frozen"]
    assert found["e_warp"] == found["flicker"] == found["jerk"] == found["closure"] == 0
    assert found["layout"] == pytest.approx(1)
    assert found["tof"] == pytest.approx(1, abs=1e-6)
    assert found["slip"] < 0


def test_white_flicker_is_seen_by_every_error(clips) -> None:
    found, calm = clips["flickering"], clips["warped"]
    assert found["flicker"] > 5 * calm["flicker"]
    assert found["e_warp"] > 5 * calm["e_warp"]
    assert found["jerk"] == pytest.approx(np.sqrt(3), abs=0.2)
    assert found["unexplained"] > 0.7  # bilinear interpolation calms the noise a little


def test_a_clip_that_moves_the_other_way_does_not_follow(clips) -> None:
    assert clips["contrary"]["tof"] > 1
    assert clips["contrary"]["gain"] < 0.1


def test_the_motion_does_not_depend_on_the_size_of_the_frames(picture, motion, clips) -> None:
    large = np.stack([np.kron(f, np.ones((4, 4, 1), np.uint8)) for f in moving(picture, motion)])
    reduced = metrics.reduced(large)
    assert reduced.shape == (FRAMES, 256, 256, 3)
    speed = np.mean([length(motion.flow(t, t + 1, 256, 256)).mean() for t in range(FRAMES)])
    assert clips["warped"]["motion"] == pytest.approx(speed, rel=0.02)


def test_a_motion_told_but_absent_is_none(picture) -> None:
    nothing = Displacement(np.zeros((FRAMES, 8, 8, 2), np.float32), 0, 0)
    found = metrics.measure(moving(picture, nothing), nothing)
    assert found["motion"] == found["gain"] == found["beyond"] == found["stretched"] == 0
    assert found["least_determinant"] == 1
    assert all(np.isfinite(value) for value in found.values())


def test_flows_of_every_third_frame_tell_what_those_of_all_tell(picture, motion, clips) -> None:
    found, whole = metrics.measure(iter(moving(picture, motion)), motion, every=3), clips["warped"]
    flows = {"e_warp", "e_warp_analytic", "unexplained", "motion", "motion_measured"}
    assert {name for name in found if found[name] != whole[name]} == {*flows, "tof", "gain"}
    assert found == pytest.approx(whole, rel=0.03)


def test_a_jump_at_the_end_of_the_loop_shows_in_the_closure() -> None:
    ramp = np.broadcast_to(
        np.linspace(0, 1, 9, dtype=np.float32)[:, None, None, None], (9, 2, 2, 3)
    )
    assert metrics.closure(ramp) == pytest.approx(8)


def test_too_few_frames_are_refused(motion) -> None:
    with pytest.raises(ValueError, match="frames: 3"):
        metrics.measure(np.zeros((3, 8, 8, 3), np.uint8), motion)


def test_means_over_areas_are_not_rounded_again() -> None:
    frames = np.zeros((1, 512, 512, 3), np.uint8)
    frames[:, ::2, ::2] = 1
    np.testing.assert_allclose(metrics.reduced(frames), 0.25 / 255, rtol=1e-5)
