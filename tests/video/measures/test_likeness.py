"""Likeness of clips and impressions."""

import numpy as np
import pytest

from tasks.video.measures.likeness import likeness


@pytest.fixture
def impressions() -> np.ndarray:
    return np.random.default_rng(0).random((5, 64, 64, 3)).astype(np.float32)


def test_the_impressions_themselves_are_followed_exactly(impressions) -> None:
    assert likeness(impressions, impressions) == {"follow": 0, "pace": 0}


def test_follow_is_the_difference_of_light_and_blind_to_grain(impressions) -> None:
    brighter = likeness(0.5 * impressions + 0.1, 0.5 * impressions)
    assert brighter["follow"] == pytest.approx(10, abs=0.01)
    grain = np.random.default_rng(1).normal(0, 0.1, impressions.shape).astype(np.float32)
    assert likeness(impressions + grain, impressions)["follow"] < 2


def test_pace_compares_how_much_changes_from_frame_to_frame(impressions) -> None:
    frozen = np.repeat(impressions[:1], 5, axis=0)
    assert likeness(frozen, frozen + 0.2)["pace"] == pytest.approx(0, abs=0.1)
    assert likeness(impressions, frozen)["pace"] > 50
