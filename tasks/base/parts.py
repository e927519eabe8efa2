"""The parts of a base model of our own: how they begin, and the folder in which they are kept.

The folder has diffusers' own layout, so that any `StableDiffusionPipeline` loads it.
"""

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import (
    AutoencoderTiny,
    UNet2DConditionModel,
    UniPCMultistepScheduler,
)
from jaxtyping import UInt8
from transformers import CLIPTextModel, CLIPTokenizer

from tasks.base import autoencoder, denoiser, tokenizer
from tasks.conditioning.model import DiffusionModel, silenced

FITTED = 1024
"""Pictures that the autoencoder's projection is fitted on, at most."""


@dataclass(frozen=True)
class Sizes:
    """How large the parts are."""

    latents: int
    decoder_blocks: tuple[int, ...]
    channels: tuple[int, ...]
    text_width: int
    text_layers: int
    tokens: int
    caption_length: int


@dataclass(frozen=True)
class Parts:
    """The five parts of a base model."""

    vae: AutoencoderTiny
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    unet: UNet2DConditionModel
    scheduler: UniPCMultistepScheduler

    def model(self) -> DiffusionModel:
        """Return copies of the parts, where the U-Net lies, as a model to paint with."""
        device = self.unet.device
        still = {
            name: copy.deepcopy(getattr(self, name)).to(device).eval().requires_grad_(False)
            for name in ("vae", "text_encoder", "unet")
        }
        return DiffusionModel(tokenizer=self.tokenizer, scheduler=self.scheduler, **still)


def begin(
    pictures: UInt8[np.ndarray, "picture y x 3"], captions: Sequence[str], sizes: Sizes, seed: int
) -> Parts:
    """Return the parts before training: the encoder and the tokenizer are final, the decoder, the
    text encoder and the U-Net random, the same for the same seed.
    """
    side = pictures.shape[1] // autoencoder.FACTOR
    fitted = pictures[:: -(-len(pictures) // FITTED)]
    projection = autoencoder.fit(fitted, sizes.latents)
    words = tokenizer.train(captions, size=sizes.tokens, length=sizes.caption_length)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Parts(
            vae=autoencoder.build(projection, sizes.decoder_blocks),
            text_encoder=denoiser.build_text_encoder(
                words, width=sizes.text_width, layers=sizes.text_layers
            ),
            tokenizer=words,
            unet=denoiser.build_unet(
                size=side,
                latents=sizes.latents,
                channels=sizes.channels,
                text_width=sizes.text_width,
            ),
            scheduler=denoiser.build_scheduler(),
        )


def save(parts: Parts | DiffusionModel, folder: Path, dtype: torch.dtype = torch.float32) -> None:
    """Write the parts into `folder`, their weights as `dtype` in safetensors."""
    absent: dict[str, Any] = {"safety_checker": None, "feature_extractor": None}
    with silenced():
        from diffusers import StableDiffusionPipeline

        weights: dict[str, Any] = {
            name: copy.deepcopy(getattr(parts, name)).to(dtype)
            for name in ("vae", "text_encoder", "unet")
        }
        pipeline = StableDiffusionPipeline(
            tokenizer=parts.tokenizer,
            scheduler=parts.scheduler,  # pyright: ignore[reportArgumentType]
            requires_safety_checker=False,
            **weights,
            **absent,
        )
        pipeline.save_pretrained(folder, safe_serialization=True)
    _forget_where_from(folder)


def _forget_where_from(folder: Path) -> None:
    """Take out of the configurations the path that the parts were loaded from: the same model has
    the same bytes in every checkout.
    """
    for file in folder.glob("*/config.json"):
        config = json.loads(file.read_text())
        config.pop("_name_or_path", None)
        file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
