"""The painter that paints, with a tiny model of stock classes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tasks.conditioning.registry import mode
from tasks.video.painters.diffusion_painter import DiffusionPainter
from tasks.video.painters.wrapper import LatentPainter, sized
from tests.conditioning import tiny


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., DiffusionPainter]:
    folder: Path = tmp_path_factory.mktemp("model") / "tiny"
    base = tiny.flow(folder)
    with torch.no_grad():  # untrained attention says too little to show in bytes
        for name, weight in base.unet.named_parameters():
            if "attn1.to_out" in name or "attn1.to_v" in name:
                weight.mul_(10)
    control = tiny.trained(base)

    def painter(guidance: float = 1.0) -> DiffusionPainter:
        return DiffusionPainter(
            base,
            control,
            mode({"name": "controlnet", "controlnet_conditioning_scale": 1.0}, what="mode"),
            size=(tiny.SIZE, tiny.SIZE),
            steps=2,
            guidance_scale=guidance,
            scheduler="unipc",
            controlnet_conditioning_scale=1.0,
        )

    return painter


def painted(painter: DiffusionPainter, first: int = 0) -> np.ndarray:
    noise = np.stack(
        [
            np.random.default_rng(seed).standard_normal(painter.noise_shape, dtype=np.float32)
            for seed in (first, 10, 11)
        ]
    )
    return painter(tiny.maps(), ["a red house"] * 3, noise)


@pytest.mark.parametrize("guidance", [1.0, 3.0])
def test_an_attending_painter_paints_the_others_with_the_first_in_view(make, guidance) -> None:
    bare, seeing = make(guidance), make(guidance).attending()
    assert isinstance(bare, LatentPainter)
    usual, seen = painted(bare), painted(seeing)
    assert np.abs(seen[0].astype(int) - usual[0]).max() <= 1
    assert np.abs(seen[1:].astype(int) - usual[1:]).max() > 1
    other = painted(seeing, first=5)
    assert np.abs(other[1:].astype(int) - seen[1:]).max() > 1
    assert np.array_equal(painted(bare, first=5)[1:], usual[1:])


def test_the_round_trip_is_the_autoencoder_s(make) -> None:
    painter, pictures = make(), tiny.pictures()
    wanted = painter.model.decode(painter.model.encode(pictures))
    assert np.array_equal(painter.round_trip(pictures), wanted)


def test_another_size_is_another_size_of_the_noise(make) -> None:
    larger = sized(make(), (2 * tiny.SIZE, tiny.SIZE))
    assert larger.noise_shape == (tiny.LATENTS, 2 * tiny.SIZE // 4, tiny.SIZE // 4)
