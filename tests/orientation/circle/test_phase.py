import math

import pytest
import torch

from tasks.orientation.circle.phase import decode, encode, to_bytes, to_values, wrap

BYTES = torch.arange(256, dtype=torch.uint8)


@pytest.mark.parametrize("turns", [-3, -1, 0, 2, 3])
def test_whole_turns_do_not_change_a_wrapped_angle(turns):
    angle = torch.linspace(-math.pi, math.pi - 1e-3, 10_001)
    found = wrap(angle + 2 * math.pi * turns)
    assert torch.polar(torch.ones(1), found).sub(torch.polar(torch.ones(1), angle)).abs().max() < (
        1e-5
    )
    assert (wrap(found - angle)).abs().max() < 1e-5
    assert found.min() >= -math.pi
    assert found.max() < math.pi


def test_the_ends_of_the_circle_wrap_into_the_half_open_interval():
    for dtype in (torch.float32, torch.float64):
        pi = torch.tensor(math.pi, dtype=dtype)
        near = torch.stack([pi, -pi, torch.nextafter(pi, 0 * pi), torch.nextafter(-pi, -4 * pi)])
        found = wrap(torch.cat([near, 3 * near, 5 * near]))
        assert bool((found >= -pi).all() and (found < pi).all())


@pytest.mark.parametrize("reach", [0.25, 0.5, 0.9, 0.99])
def test_every_byte_comes_back_from_its_phase(reach):
    phase = encode(BYTES, reach)
    assert phase.abs().max() == pytest.approx(reach * math.pi, rel=1e-6)
    assert torch.equal(decode(phase, reach), BYTES)
    assert torch.equal(to_bytes(to_values(BYTES)), BYTES)


def test_phases_of_no_grey_are_black_or_white():
    found = decode(torch.tensor([0.95, -0.95, 1.05, -1.05]) * math.pi, 0.9)
    assert found.tolist() == [255, 0, 0, 255]


@pytest.mark.parametrize("reach", [0.0, 1.5, -1.0])
def test_a_reach_beyond_the_circle_is_refused(reach):
    with pytest.raises(ValueError, match="reach"):
        encode(BYTES, reach)
