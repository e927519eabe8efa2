import math

import pytest
import torch

from tasks.orientation.circle import kernel

ANGLES = torch.linspace(-math.pi, math.pi, 401, dtype=torch.float64)[1:-1]
TURNS = 2 * math.pi * torch.arange(-20, 21, dtype=torch.float64)


def by_autograd(angles, variance):
    angles = angles.clone().requires_grad_()
    logs = -(angles[:, None] + TURNS).square() / (2 * variance)
    return torch.autograd.grad(torch.logsumexp(logs, 1).sum(), angles)[0]


@pytest.mark.parametrize("variance", [1e-4, 1e-3, 0.01, 0.1, 0.25, 0.5, 1, 1.9, 2.1, 3, 5, 10])
def test_the_score_is_the_derivative_of_the_log_density_of_41_images(variance):
    spread = torch.tensor(variance, dtype=torch.float64)
    kind = kernel.score_by_images if variance <= kernel.BOUND else kernel.score_by_waves
    expected = by_autograd(ANGLES, variance)
    assert (kind(ANGLES, spread) - expected).abs().max() * variance**0.5 < 1e-8
    if variance > kernel.NEAR:
        found = kernel.score(ANGLES + 4 * math.pi, variance)
        assert (found - expected).abs().max() * variance**0.5 < 1e-8


def test_a_batch_of_variances_takes_each_its_own_series():
    variances = torch.tensor([0.01, 0.5, 1.5, 2.5, 9.0], dtype=torch.float64)
    found = kernel.score(ANGLES.expand(5, -1), variances[:, None])
    for row, variance in zip(found, variances, strict=True):
        expected = by_autograd(ANGLES, float(variance))
        assert (row - expected).abs().max() * variance**0.5 < 1e-8


def test_the_nearest_image_is_enough_for_short_steps():
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(1_000_000, generator=generator, dtype=torch.float64)
    moved = kernel.NEAR**0.5 * noise
    near = kernel.score(moved, kernel.NEAR)
    whole = kernel.score_by_images(kernel.wrap(moved), torch.tensor(kernel.NEAR).double())
    assert (near - whole).square().mean() <= 1e-6 * whole.square().mean()
    assert abs(near.square().mean() / whole.square().mean() - 1) <= 1e-6


def test_the_score_is_finite_at_the_antipode_in_single_precision():
    antipode = torch.tensor([-math.pi, math.pi, 3.1415925])
    for variance in (1e-4, torch.tensor([1e-4, 1.0, 4.0])):
        assert torch.isfinite(kernel.score(antipode, variance)).all()


@pytest.mark.parametrize("variance", [0.01, 0.25, 0.9, 1.1, 1.99, 2.01, 8.0])
def test_the_density_has_mass_one_and_the_score_as_its_slope(variance):
    nodes = 2 * math.pi / 4096 * torch.arange(4096, dtype=torch.float64) - math.pi
    heights = kernel.density(nodes, variance)
    assert heights.sum() * 2 * math.pi / 4096 == pytest.approx(1, abs=1e-12)
    flow = heights * kernel.score(nodes, variance)
    slope = (torch.roll(heights, -1) - torch.roll(heights, 1)) / (4 * math.pi / 4096)
    assert (flow - slope).abs().max() < 1e-3 * flow.abs().max()
