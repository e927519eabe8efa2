"""Displacements, their flow and their safe amplitude."""

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tasks.video.motions.displacement import (
    Displacement,
    determinant,
    gradients,
    positions,
    refined,
    safe_amplitude,
    sample,
)
from tests.video.toy import circling


def test_a_point_of_the_still_picture_is_followed_by_the_flow() -> None:
    moved = circling(0.04)
    here = positions(96, 96)
    flow = moved.flow(2, 7, 96, 96)
    there = here + flow
    before = here + moved.at(2, 96, 96)
    after = there + sample(moved.at(7, 96, 96), there)
    inside = (slice(12, -12), slice(12, -12))
    np.testing.assert_allclose(after[inside], before[inside], atol=0.03)


def test_a_point_of_the_still_picture_is_seen_where_the_displacement_leads_to_it() -> None:
    moved = circling(0.04)
    place = positions(96, 96) + moved.seen(5, 96, 96)
    inside = (slice(12, -12), slice(12, -12))
    found = place + sample(moved.at(5, 96, 96), place)
    np.testing.assert_allclose(found[inside], positions(96, 96)[inside], atol=0.03)


def test_the_flow_of_a_loop_returns() -> None:
    moved = circling()
    assert np.abs(moved.flow(3, 3 + moved.frames, 64, 64)).max() < 1e-4


def test_places_are_not_rounded_to_parts_of_a_pixel() -> None:
    here = positions(32, 32)
    place = np.clip(here + np.float32(0.01), 0, 31)
    np.testing.assert_allclose(sample(here, place), place, atol=1e-5)


def test_a_uniform_shift_is_a_flow_against_the_displacement() -> None:
    grid = np.zeros((2, 8, 8, 2), np.float32)
    grid[1] = (0.05, -0.02)
    flow = Displacement(grid, 1, 1).flow(0, 1, 100, 100)
    np.testing.assert_allclose(flow.reshape(-1, 2).mean(0), (-5, 2), atol=1e-4)


def test_displacements_scale_with_the_width_of_the_picture() -> None:
    moved = circling()
    small, large = moved.at(1, 64, 64), moved.at(1, 256, 256)
    np.testing.assert_allclose(
        cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA), 4 * small, atol=0.1
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_safe_amplitude_is_the_largest_that_keeps_the_determinant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    field = cv2.GaussianBlur(rng.standard_normal((24, 24, 2)), (0, 0), 3)
    safe = safe_amplitude(field, 0.5)
    across, down = gradients(refined(field))
    assert determinant(across, down, safe).min() == pytest.approx(0.5, abs=1e-9)
    shares = [determinant(across, down, share * safe).min() for share in np.linspace(0, 1, 21)]
    assert min(shares) >= 0.5 - 1e-9
    assert determinant(across, down, 1.01 * safe).min() < 0.5


def test_a_rigid_motion_is_safe_at_every_amplitude() -> None:
    assert safe_amplitude(np.ones((8, 8, 2)), 0.5) > 1e6


def test_the_determinant_of_a_linear_field_is_exact() -> None:
    y, x = np.mgrid[:10, :10] / 10
    grid = np.stack([0.2 * x + 0.1 * y, -0.3 * y + 0.05 * x], axis=-1)
    assert determinant(*gradients(grid), 1.0) == pytest.approx(1.2 * 0.7 - 0.1 * 0.05)


def test_a_field_is_the_same_for_any_number_of_threads() -> None:
    grid = 0.02 * np.random.default_rng(0).standard_normal((1, 64, 64, 2)).astype(np.float32)
    fields = []
    for threads in (1, 2, 4):
        with threadpool_limits(threads, "blas"):
            fields.append(Displacement(grid, 1, 1).at(0, 640, 640))
    assert fields[0].dtype == np.float32
    np.testing.assert_array_equal(fields[0], fields[1])
    np.testing.assert_array_equal(fields[0], fields[2])


def test_a_field_may_be_written_into_and_flows_stay_as_they_are() -> None:
    moved = circling()
    before = moved.flow(1, 2, 64, 64)
    moved.at(1, 64, 64)[:] = moved.at(2, 64, 64)[:] = 9
    np.testing.assert_array_equal(moved.flow(1, 2, 64, 64), before)
    np.testing.assert_array_equal(moved.flow(1 + moved.frames, 2, 64, 64), before)
