"""The loss of consistency."""

from typing import Any

import pytest
import torch

from tasks.conditioning import prediction
from tasks.controlnet.consistency import Consistency
from tasks.impressions.readable import NAMES, Readable
from tests.conditioning import tiny
from tests.impressions.test_readable import as_tensor, pictures

READ = Readable(NAMES, 8, 4, 0.15)


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
    judged = Consistency(weight, READ, lambda latents: latents)
    return judged(scheduler, noisy, output, times, maps)


def maps() -> torch.Tensor:
    return READ(as_tensor(pictures()))


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
