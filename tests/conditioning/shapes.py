"""Random models with the block types, factors, token lengths and schedulers of Stable Diffusion
1.5, 2 and XL, as narrow as they go: what the project meets where it is used in earnest.
"""

from pathlib import Path
from typing import Any

import diffusers
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from tasks.base import tokenizer
from tests.conditioning import tiny

FACTOR, SIZE, TOKENS = 8, 64, 77
BETAS: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}
SCHEDULERS = {
    "sd15": diffusers.PNDMScheduler(skip_prk_steps=True, set_alpha_to_one=False, **BETAS),
    "sd2_v": diffusers.DDIMScheduler(
        prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, **BETAS
    ),
    "flow": diffusers.FlowMatchEulerDiscreteScheduler(shift=1.0),
    "sdxl": diffusers.EulerDiscreteScheduler(**BETAS),
}


def save(folder: Path, name: str) -> Path:
    """Write the model `name` of `SCHEDULERS` and return its folder."""
    torch.manual_seed(11)
    parts: dict[str, Any] = {"vae": _autoencoder(), "scheduler": SCHEDULERS[name]}
    words = tokenizer.train(tiny.CAPTIONS, size=300, length=TOKENS)
    if name == "sdxl":
        pipeline: Any = diffusers.StableDiffusionXLPipeline(
            text_encoder=_text(CLIPTextModel, words, 16),
            text_encoder_2=_text(CLIPTextModelWithProjection, words, 24),
            tokenizer=words,
            tokenizer_2=words,
            unet=_unet_xl(),
            add_watermarker=False,
            **parts,
        )
    else:
        pipeline = diffusers.StableDiffusionPipeline(
            text_encoder=_text(CLIPTextModel, words, 16),
            tokenizer=words,
            unet=_unet(),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
            **parts,
        )
    pipeline.save_pretrained(folder)
    return folder


def _unet() -> UNet2DConditionModel:
    kinds: dict[str, Any] = {
        "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        "block_out_channels": (8, 8, 16, 16),
    }
    return UNet2DConditionModel(
        sample_size=SIZE // FACTOR,
        layers_per_block=2,
        attention_head_dim=8,
        cross_attention_dim=16,
        norm_num_groups=4,
        **kinds,
    )


def _unet_xl() -> UNet2DConditionModel:
    kinds: dict[str, Any] = {
        "down_block_types": ("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 2,
        "up_block_types": ("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",),
        "block_out_channels": (8, 16, 16),
        "transformer_layers_per_block": (1, 1, 2),
    }
    return UNet2DConditionModel(
        sample_size=SIZE // FACTOR,
        layers_per_block=2,
        attention_head_dim=(2, 4, 4),
        cross_attention_dim=16 + 24,
        norm_num_groups=4,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=24 + 6 * 8,
        **kinds,
    )


def _autoencoder() -> AutoencoderKL:
    kinds: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "block_out_channels": (8, 8, 8, 8),
    }
    return AutoencoderKL(latent_channels=4, scaling_factor=0.18215, norm_num_groups=4, **kinds)


def _text(kind: Any, words: Any, width: int) -> Any:
    return kind(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=width,
            intermediate_size=width,
            projection_dim=width,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=TOKENS,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
