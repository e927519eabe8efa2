"""A tiny random model of stock classes, and its ControlNet: every test of conditioning stands on
these.
"""

from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from diffusers import (
    AutoencoderTiny,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel

from tasks.artifacts.impressions import CHANNELS
from tasks.base import tokenizer
from tasks.conditioning import model
from tasks.controlnet import network
from tasks.impressions.readable import Readable

torch.set_num_threads(1)  # so small a model is slower on more

FACTOR, SIZE, LATENTS, WIDTH = 4, 32, 4, 16
CAPTIONS = ["a winter landscape with pine trees", "a red house", "a sea"]
FLOW = {"prediction_type": "flow_prediction", "use_flow_sigmas": True, "flow_shift": 1.0}


def unet() -> UNet2DConditionModel:
    kinds: dict[str, Any] = {
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
        "block_out_channels": (8, 16),
    }
    return UNet2DConditionModel(
        sample_size=SIZE // FACTOR,
        in_channels=LATENTS,
        out_channels=LATENTS,
        layers_per_block=1,
        attention_head_dim=2,
        cross_attention_dim=WIDTH,
        norm_num_groups=4,
        **kinds,
    )


def save(folder: Path, scheduler: Any) -> Path:
    """Write the model as a folder of diffusers and return it."""
    torch.manual_seed(7)
    words = tokenizer.train(CAPTIONS, size=300, length=8)
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=WIDTH,
            intermediate_size=WIDTH,
            projection_dim=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=8,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
    scales: dict[str, Any] = {
        "encoder_block_out_channels": (8, 8, 8),
        "decoder_block_out_channels": (8, 8, 8),
        "num_encoder_blocks": (1, 1, 1),
        "num_decoder_blocks": (1, 1, 1),
    }
    autoencoder = AutoencoderTiny(latent_channels=LATENTS, scaling_factor=2.0, **scales)
    with_weights = StableDiffusionPipeline(
        vae=autoencoder,  # pyright: ignore[reportArgumentType]
        text_encoder=text,
        tokenizer=words,  # pyright: ignore[reportArgumentType]
        unet=unet(),
        scheduler=scheduler,
        safety_checker=None,  # pyright: ignore[reportArgumentType]
        feature_extractor=None,  # pyright: ignore[reportArgumentType]
        requires_safety_checker=False,
    )
    with_weights.save_pretrained(folder)
    return folder


def flow(folder: Path) -> model.DiffusionModel:
    """Return the tiny model as a flow."""
    return model.load(save(folder, diffusers.UniPCMultistepScheduler(**FLOW)))


def untrained(base: model.DiffusionModel, channels: int = 7, branch: str = "controlnet") -> Any:
    """Return a ControlNet, or another branch, that changes nothing yet."""
    return network.build(
        base.unet,
        channels=channels,
        embedding=(4, 4, 8),
        vae_factor=FACTOR,
        seed=3,
        branch=branch,
    )


def trained(base: model.DiffusionModel, channels: int = 7, branch: str = "controlnet") -> Any:
    """Return a ControlNet, or another branch, whose zero convolutions are not zero any more."""
    control = untrained(base, channels, branch)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for weight in network.new_parameters(control):
            weight.copy_(0.2 * torch.randn(weight.shape, generator=generator))
    return control.eval()


def maps(count: int = 3, channels: int = 7) -> np.ndarray:
    """Return impressions of 4 × 4 cells."""
    return np.random.default_rng(2).random((count, channels, 4, 4), np.float32)


def readable() -> Readable:
    """Return what of these impressions can be read off a picture."""
    return Readable(CHANNELS, cell=8, stride=SIZE // 4, full_scale=0.12)


def pictures(count: int = 3) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, SIZE, SIZE, 3), np.uint8)
