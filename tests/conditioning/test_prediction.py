"""Conventions of prediction against diffusers' schedulers."""

from typing import Any

import diffusers
import pytest
import torch

from tasks.conditioning import prediction
from tasks.core.errors import InputError
from tests.conditioning import tiny

SCHEDULERS = [
    diffusers.UniPCMultistepScheduler(**tiny.FLOW),
    diffusers.DDIMScheduler(prediction_type="epsilon"),
    diffusers.DDIMScheduler(prediction_type="v_prediction"),
]


@pytest.fixture(params=SCHEDULERS, ids=lambda each: each.config.prediction_type)
def scheduler(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def drawn() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    shape = (4, 2, 3, 3)
    times = torch.tensor([10.0, 300.0, 700.0, 990.0])
    return torch.randn(shape, generator=generator), torch.randn(shape, generator=generator), times


def test_the_target_at_a_noised_latent_stands_for_the_clean_one(
    scheduler: Any, drawn: Any
) -> None:
    clean, noise, times = drawn
    noisy = prediction.noised(scheduler, clean, noise, times)
    output = prediction.target(scheduler, clean, noise, times)
    torch.testing.assert_close(
        prediction.clean(scheduler, noisy, output, times), clean, atol=1e-4, rtol=1e-4
    )


def test_with_clean_is_the_inverse_of_clean(scheduler: Any, drawn: Any) -> None:
    clean, noisy, times = drawn
    output = prediction.with_clean(scheduler, noisy, clean, times)
    torch.testing.assert_close(
        prediction.clean(scheduler, noisy, output, times), clean, atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize("scheduler", SCHEDULERS[1:], ids=["epsilon", "v_prediction"])
def test_noise_and_target_are_those_of_diffusers(scheduler: Any, drawn: Any) -> None:
    clean, noise, times = drawn
    expected = scheduler.add_noise(clean, noise, times.long())
    torch.testing.assert_close(prediction.noised(scheduler, clean, noise, times), expected)
    if scheduler.config.prediction_type == "v_prediction":
        velocity = scheduler.get_velocity(clean, noise, times.long())
        torch.testing.assert_close(prediction.target(scheduler, clean, noise, times), velocity)


def test_a_flow_is_a_straight_path(drawn: Any) -> None:
    clean, noise, _ = drawn
    ends = torch.tensor([0.0, 1000.0, 500.0, 0.0])
    path = prediction.noised(SCHEDULERS[0], clean, noise, ends)
    torch.testing.assert_close(
        path, torch.stack([clean[0], noise[1], (clean[2] + noise[2]) / 2, clean[3]])
    )


def test_timesteps_lie_within_the_schedule(scheduler: Any) -> None:
    times = prediction.draw_timesteps(
        scheduler, 4096, torch.Generator().manual_seed(0), logit_mean=0.0
    )
    assert times.min() >= 0
    assert times.max() <= 1000
    assert 400 < times.mean() < 600


def test_weights_are_those_of_min_snr(scheduler: Any) -> None:
    times = torch.tensor([1.0, 500.0, 998.0])
    alpha, sigma = prediction.levels(scheduler, times)
    ratio = (alpha / sigma) ** 2
    expected = {
        "flow_prediction": torch.ones(3),
        "epsilon": ratio.clamp_max(5) / ratio,
        "v_prediction": ratio.clamp_max(5) / (ratio + 1),
    }[scheduler.config.prediction_type]
    torch.testing.assert_close(prediction.weights(scheduler, times), expected)


def test_an_unknown_prediction_is_refused() -> None:
    with pytest.raises(InputError, match="predicts 'sample'"):
        prediction.kind(diffusers.DDIMScheduler(prediction_type="sample"))
