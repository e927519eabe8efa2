"""How the condition embedding starts."""

import torch

from tasks.controlnet import network
from tasks.controlnet.embedding import SHARE
from tests.conditioning import tiny


def awake(seed: int) -> network.ControlNetModel:
    return network.build(
        tiny.unet(), channels=7, embedding=(16, 32, 32), vae_factor=tiny.FACTOR, seed=seed
    )


def test_a_map_arrives_with_the_contrast_of_a_latent() -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.rand((32, 7, tiny.SIZE, tiny.SIZE), generator=generator)
    side = tiny.SIZE // tiny.FACTOR
    latents = torch.randn((32, tiny.LATENTS, side, side), generator=generator)
    ratios = []
    for seed in range(8):
        control = awake(seed)
        inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))
        embedded = control.controlnet_cond_embedding(maps)[inner]
        seen = (control.conv_in(latents) - control.conv_in.bias[:, None, None])[inner]
        ratios.append(float(embedded.square().mean().sqrt() / seen.square().mean().sqrt()))
    assert 0.6 * SHARE < sum(ratios) / len(ratios) < 1.4 * SHARE


def test_the_contrast_survives_where_default_weights_lose_it() -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.rand((8, 7, tiny.SIZE, tiny.SIZE), generator=generator)
    control = awake(0)
    strong = control.controlnet_cond_embedding(maps)
    for layer in control.controlnet_cond_embedding.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.reset_parameters()
    weak = control.controlnet_cond_embedding(maps)
    assert strong.std((2, 3)).mean() > 5 * weak.std((2, 3)).mean()
