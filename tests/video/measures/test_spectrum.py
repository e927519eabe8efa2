"""Change over time, on waves that are known."""

import numpy as np
import pytest

from tasks.video.measures.spectrum import bands, temporal


@pytest.mark.parametrize(("frequency", "seen"), [(1, 0.0), (4, 1.0), (6, 1.0)])
def test_flicker_is_the_rms_of_fast_changes(frequency: int, seen: float) -> None:
    time = np.arange(12)
    wave = 0.1 * np.cos(2 * np.pi * frequency * time / 12 + (0 if frequency == 6 else 0.4))
    luma = np.broadcast_to(0.5 + wave[:, None, None], (12, 4, 4)).astype(np.float32)
    rms = 0.1 if frequency == 6 else 0.1 / np.sqrt(2)
    assert temporal(luma)["flicker"] == pytest.approx(100 * rms * seen, abs=1e-4)


def test_jerk_is_two_where_frames_alternate() -> None:
    luma = np.broadcast_to(np.array([0.2, 0.8] * 4, np.float32)[:, None, None], (8, 3, 3))
    assert temporal(luma)["jerk"] == pytest.approx(2)


@pytest.mark.parametrize("count", [9, 12])
def test_both_bands_make_up_the_variance_of_each_place(count: int) -> None:
    luma = np.random.default_rng(0).random((count, 5, 6)).astype(np.float32)
    slow, fast = bands(luma)
    np.testing.assert_allclose(slow + fast, luma.var(0), rtol=1e-4)


def test_the_share_of_flicker_is_that_of_its_power() -> None:
    time = np.arange(12)
    slow, fast = (np.cos(2 * np.pi * f * time / 12) for f in (1, 5))
    luma = np.broadcast_to((0.3 * slow + 0.1 * fast)[:, None, None], (12, 4, 4))
    found = temporal(luma.astype(np.float32))
    assert found["flicker_share"] == pytest.approx(0.01 / 0.10, abs=1e-4)
