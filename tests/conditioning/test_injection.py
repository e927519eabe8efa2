"""Injection, and the encoder half of the U-Net that it runs."""

from typing import Any

import pytest
import torch

from tasks.conditioning import encoder, model
from tasks.conditioning.injection import Injection
from tests.conditioning import tiny

SHAPE = (2, tiny.LATENTS, tiny.SIZE // tiny.FACTOR, tiny.SIZE // tiny.FACTOR)
TIME = torch.tensor(400.0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


def asked(base: model.DiffusionModel) -> dict[str, Any]:
    return base.embed(tiny.CAPTIONS[:2]).asked((tiny.SIZE, tiny.SIZE))


def latents(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def test_the_features_are_those_within_the_u_net(base: model.DiffusionModel) -> None:
    seen: list[torch.Tensor] = []
    hooks = [
        block.register_forward_hook(lambda *called: seen.extend(called[-1][1]))
        for block in base.unet.down_blocks
    ]
    hooks.append(
        base.unet.mid_block.register_forward_hook(lambda *called: seen.append(called[-1]))
    )
    with torch.no_grad():
        base.unet(latents(0), TIME, **asked(base))
    for hook in hooks:
        hook.remove()
    skips, middle = encoder.features(base.unet, latents(0), TIME, asked(base))
    assert len(skips) == len(seen)
    for one, other in zip([*skips[1:], middle], seen, strict=True):
        torch.testing.assert_close(one, other)


def test_whole_injection_is_what_the_u_net_makes_of_the_wanted_features(
    base: model.DiffusionModel,
) -> None:
    wanted, noise = latents(1), latents(2)
    steps = Injection(base, wanted, noise, skips=1.0, middle=1.0).begin(asked(base), 1)
    goal = 0.6 * wanted + 0.4 * noise  # a flow at σ = 0.4
    with torch.no_grad():
        down, middle = steps(latents(3), TIME)
        drawn = base.unet(
            latents(3),
            TIME,
            **asked(base),
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
        ).sample
        torch.testing.assert_close(drawn, base.unet(goal, TIME, **asked(base)).sample)


def test_nothing_is_injected_where_the_picture_is_the_wanted_one(
    base: model.DiffusionModel,
) -> None:
    wanted, noise = latents(1), latents(2)
    steps = Injection(base, wanted, noise, skips=1.0, middle=1.0).begin(asked(base), 1)
    down, middle = steps(0.6 * wanted + 0.4 * noise, TIME)
    assert max(float(each.abs().max()) for each in [*down, middle]) < 1e-5
