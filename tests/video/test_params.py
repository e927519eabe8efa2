"""The section `video`: what is refused, and by which name."""

import pytest
from pydantic import ValidationError

from tests.video import small


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frames": 4}, "frames"),
        ({"frames": 24.0}, "frames"),
        ({"rate": 0}, "rate"),
        ({"coupling": []}, "coupling"),
        ({"coupling": [{"name": "dense"}]}, "coupling.0: unknown name 'dense'"),
        ({"integrator": {"name": "rk4", "step": 0.0}}, "integrator: rk4: step"),
        ({"motion": {"name": "uniform"}}, "motion: uniform: amplitude"),
        ({"variants": {"../up": {"name": "frozen", "upscale": 1}}}, "variants"),
        ({"variants": {"still": {"name": "frozen", "upscale": 0}}}, "still: frozen: upscale"),
        ({"mode": {"name": "brush"}}, "mode"),
        ({"mode": {"name": "ceiling"}}, "ceiling needs pictures, which a video has not"),
        ({"codec": "libx264 -y"}, "codec"),
        ({"scheduler": "magic"}, "scheduler"),
        ({"also": [{"name": "avi"}]}, "also: unknown name 'avi'; choose one of gif, webm"),
        ({"speed": 1}, "speed"),
    ],
)
def test_wrong_values_are_refused_by_name(changes: dict, said: str) -> None:
    with pytest.raises(ValidationError) as told:
        small.section(**changes)
    assert said in str(told.value)


def test_the_dynamics_are_those_of_one_turn() -> None:
    dynamics = small.section(frames=9, cycles=2).dynamics()
    assert (dynamics.frames, dynamics.cycles) == (5, 1)
    assert [type(coupling).__name__ for coupling in dynamics.couplings] == [
        "Similarity",
        "MeanField",
    ]
