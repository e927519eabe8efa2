import math

import pytest
import torch
from torch.nn import functional

from tasks.orientation.chains.alone import Alone
from tasks.orientation.chains.angle_blur import AngleBlur
from tasks.orientation.chains.coupling import torque
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby

SIZE = 12
KINDS = [Everywhere(), *(Nearby(m, b) for m in (1, 2, 5) for b in ("periodic", "open"))]


def phases(channels, dtype, size=SIZE, seed=0):
    generator = torch.Generator().manual_seed(seed)
    shape = (2, channels, size, size)
    return math.pi * (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1).to(
        dtype
    )


def found(coupling, phase):
    cosine, sine = torch.cos(phase), torch.sin(phase)
    return torque(cosine, sine, coupling(cosine, sine))


def pairs(coupling, channels):
    """Return P of a picture, as a matrix, by going through all pairs."""
    place = torch.cartesian_prod(*(torch.arange(n) for n in (channels, SIZE, SIZE)))
    if isinstance(coupling, Everywhere):
        return torch.full((len(place),) * 2, 1 / len(place), dtype=torch.float64)
    apart = (place[:, None] - place).abs()
    if coupling.boundary == "periodic":
        apart[..., 1:] = torch.minimum(apart[..., 1:], SIZE - apart[..., 1:])
    near = (apart[..., 0] == 0) & (apart[..., 1:] <= coupling.reach).all(-1)
    return near.double() / near.sum(1, keepdim=True)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("coupling", KINDS, ids=str)
def test_two_means_are_the_sum_over_all_pairs(coupling, channels):
    weights = pairs(coupling, channels)
    phase = phases(channels, torch.float64)
    flat = phase.flatten(1)
    expected = (weights * torch.sin(flat[:, None, :] - flat[:, :, None])).sum(-1)
    assert (found(coupling, phase).flatten(1) - expected).abs().max() < 1e-12
    assert (found(coupling, phase.float()).flatten(1) - expected).abs().max() < 1e-5


@pytest.mark.parametrize("coupling", [*KINDS, Alone()], ids=str)
def test_the_adjoint_is_the_transpose(coupling):
    first, second = phases(2, torch.float64, seed=1), phases(2, torch.float64, seed=2)
    forth = (coupling(first, first)[0] * second).sum()
    back = (first * coupling.adjoint(second)).sum()
    assert float(forth) == pytest.approx(float(back), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("reach", [1, 2, 5])
def test_two_passes_are_one_convolution(reach):
    values = phases(3, torch.float32)
    side = 2 * reach + 1
    around = functional.pad(values, (reach,) * 4, mode="circular")
    box = torch.full((3, 1, side, side), 1 / side**2)
    expected = functional.conv2d(around, box, groups=3)
    assert (Nearby(reach, "periodic").mean(values) - expected).abs().max() < 1e-5


def test_the_angle_blur_tears_a_field_at_the_wrap_apart_and_the_equation_does_not():
    phase = torch.full((1, 1, 16, 16), math.pi - 0.05)
    phase[..., ::2] = -math.pi + 0.05
    assert found(Nearby(2, "periodic"), phase).abs().max() < 0.11
    assert found(AngleBlur(2), phase).abs().max() > 0.2
    cosine, sine = torch.cos(phase), torch.sin(phase)
    means = AngleBlur(2)(cosine, sine)
    assert torch.hypot(*means) == pytest.approx(torch.ones(1, 1, 16, 16), abs=1e-6)


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="reach is 6"):
        found(Nearby(6, "open"), phases(1, torch.float32))
