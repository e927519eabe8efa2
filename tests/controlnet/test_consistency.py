"""Consistency: what is read off pictures, and the loss."""

from typing import Any

import numpy as np
import pytest
import torch

from tasks.conditioning import prediction
from tasks.controlnet.consistency import NAMES, Consistency, read
from tasks.features.extract import build, extract
from tasks.impressions import srgb
from tests.conditioning import tiny

CELL, STRIDE, SCALE = 8, 4, 0.15


def pictures() -> np.ndarray:
    coarse = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 4, axis=1), 4, axis=2)


def as_tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize(("cell", "stride"), [(8, 4), (8, 8), (7, 4)])
def test_cells_are_read_as_the_features_read_them(cell: int, stride: int) -> None:
    found = read(as_tensor(pictures()), cell, stride, SCALE)
    chosen = [{"name": name, "weight": 1.0} for name in ("rgb", "luminance", "sobel")]
    values, names, *_ = extract(pictures(), build(chosen), cell, stride)
    features = dict(zip(names, np.moveaxis(values.astype(np.float64), -1, 0), strict=True))
    expected = {
        "red": features["red"],
        "green": features["green"],
        "blue": features["blue"],
        "luma": srgb.stored(features["luminance"]),
        "edge": np.clip(features["edge"] / SCALE, 0, 1),
    }
    for name in NAMES:
        np.testing.assert_allclose(found[name].numpy(), expected[name], atol=2e-5)


@pytest.fixture(scope="module")
def scheduler() -> Any:
    import diffusers

    return diffusers.UniPCMultistepScheduler(**tiny.FLOW)


def loss(scheduler: Any, maps: torch.Tensor, weight: float = 1.0) -> torch.Tensor:
    """Return the loss of two pictures that are their own latents, predicted exactly."""
    clean, times = as_tensor(pictures()), torch.tensor([100.0, 800.0])
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    noisy = prediction.noised(scheduler, clean, noise, times)
    output = prediction.target(scheduler, clean, noise, times).requires_grad_()
    judged = Consistency(weight, NAMES, CELL, STRIDE, SCALE, lambda latents: latents)
    return judged(scheduler, noisy, output, times, maps)


def maps() -> torch.Tensor:
    return torch.stack(list(read(as_tensor(pictures()), CELL, STRIDE, SCALE).values()), 1)


def test_an_exact_prediction_under_its_own_map_loses_nothing(scheduler: Any) -> None:
    assert float(loss(scheduler, maps()).detach()) < 1e-4


def test_less_noise_counts_more_and_a_map_that_was_left_out_not_at_all(scheduler: Any) -> None:
    wrong = maps() + 0.1
    one, other = wrong.clone(), wrong.clone()
    one[1] = other[0] = 0
    each = [float(loss(scheduler, given).detach()) for given in (one, other)]
    shares = torch.tensor([0.9**2, 0.2**2]) / 2 * 0.1
    torch.testing.assert_close(torch.tensor(each), shares, atol=1e-4, rtol=1e-3)
    assert float(loss(scheduler, torch.zeros_like(wrong)).detach()) == 0
    twice = float(loss(scheduler, one, 2.0).detach())
    assert abs(twice - 2 * each[0]) < 1e-6


def test_the_gradient_is_finite_on_flat_pictures() -> None:
    flat = torch.zeros((1, 3, 16, 16), requires_grad=True)
    sum(value.sum() for value in read(flat, CELL, STRIDE, SCALE).values()).backward()
    assert flat.grad is not None
    assert flat.grad.isfinite().all()
