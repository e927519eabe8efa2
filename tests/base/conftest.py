"""What the tests of the base model share: tiny pictures and a tiny model of them."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pytest
import torch

from tasks.base import parts
from tasks.base.parts import Parts, Sizes

torch.set_num_threads(1)  # so small a model is slower on more

SIZES = Sizes(
    latents=6,
    decoder_blocks=(1, 0, 0, 0),
    channels=(16, 32),
    text_width=16,
    text_layers=1,
    tokens=256,
    caption_length=8,
)
CAPTIONS = ["a red square", "a blue circle", "green hills", "a grey photo of bricks"] * 4


@pytest.fixture(scope="session")
def pictures() -> np.ndarray:
    """Return 16 smooth random pictures of 32 × 32 pixels."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(0, 256, (16, 5, 5, 3)).astype(np.float64)
    rows = np.linspace(0, 3.999, 32)
    low, share = rows.astype(int), (rows % 1)[None, :, None, None]
    tall = coarse[:, low] * (1 - share) + coarse[:, low + 1] * share
    share = share.transpose(0, 2, 1, 3)
    smooth = tall[:, :, low] * (1 - share) + tall[:, :, low + 1] * share
    grain = generator.normal(0, 6, smooth.shape)
    return np.clip(smooth + grain, 0, 255).astype(np.uint8)


@pytest.fixture
def sizes() -> Sizes:
    """Return the sizes of the tiny model."""
    return SIZES


@pytest.fixture
def captions() -> list[str]:
    """Return a caption for each of the pictures."""
    return list(CAPTIONS)


@pytest.fixture
def tiny(pictures: np.ndarray) -> Parts:
    """Return an untrained model of `pictures`."""
    return parts.begin(pictures, CAPTIONS, SIZES, seed=1)
