r"""The denoiser: a text-conditioned U-Net, trained by flow matching.

Between a latent x₀ and noise ε ~ N(0, 1) runs the straight path x_σ = (1 − σ) x₀ + σ ε, 0 ≤ σ ≤ 1,
whose velocity is dx/dσ = ε − x₀. The network v is fitted to it,

    L = E ‖v(x_σ, 1000 σ, c) − (ε − x₀)‖²,

with logit-normal σ (Lipman et al. 2023, arXiv:2210.02747, eq. 23; the density of σ: Esser et al.
2024, arXiv:2403.03206, section 3.1; both as `tasks.conditioning.prediction` writes them).
Sampling integrates v from σ = 1 to 0. One caption c in ten is replaced by the empty one, so that
the same network also gives the unconditional velocity that classifier-free guidance needs (Ho &
Salimans 2022, arXiv:2207.12598). The text encoder learns together with the U-Net.
"""

from typing import Any

import torch
from diffusers import UNet2DConditionModel, UniPCMultistepScheduler
from jaxtyping import Float, Int
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from tasks.conditioning import prediction

HEADS = 4
GROUPS = 16
CAPTION_DROP = 0.1
LOGIT_MEAN = 0.2

Latents = Float[Tensor, "picture latent row col"]


def build_text_encoder(tokenizer: CLIPTokenizer, *, width: int, layers: int) -> CLIPTextModel:
    """Return an untrained text encoder for the tokenizer's vocabulary and length."""
    marks: Any = tokenizer
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=4 * width,
        projection_dim=width,
        num_hidden_layers=layers,
        num_attention_heads=HEADS,
        max_position_embeddings=tokenizer.model_max_length,
        bos_token_id=marks.bos_token_id,
        eos_token_id=marks.eos_token_id,
        pad_token_id=marks.pad_token_id,
    )
    return CLIPTextModel(config)


def build_unet(
    *, size: int, latents: int, channels: tuple[int, ...], text_width: int
) -> UNet2DConditionModel:
    """Return an untrained U-Net for `size` × `size` cells of `latents` channels; every scale but
    the finest attends to the caption.
    """
    attending = len(channels) - 1
    scales: dict[str, Any] = {
        "block_out_channels": channels,
        "down_block_types": ("DownBlock2D",) + ("CrossAttnDownBlock2D",) * attending,
        "up_block_types": ("CrossAttnUpBlock2D",) * attending + ("UpBlock2D",),
    }
    return UNet2DConditionModel(
        sample_size=size,
        in_channels=latents,
        out_channels=latents,
        layers_per_block=1,
        attention_head_dim=HEADS,
        cross_attention_dim=text_width,
        norm_num_groups=GROUPS,
        **scales,
    )


def build_scheduler() -> UniPCMultistepScheduler:
    """Return the sampler of the flow: UniPC of second order on σ, predicting velocities."""
    return UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=1.0, steps_offset=1
    )


def flow_matching_loss(
    unet: UNet2DConditionModel,
    text_encoder: CLIPTextModel,
    scheduler: UniPCMultistepScheduler,
    *,
    latents: Latents,
    tokens: Int[Tensor, "picture token"],
    empty: Int[Tensor, " token"],
    generator: torch.Generator,
) -> Float[Tensor, ""]:
    """Return the mean squared error of the velocity, at one σ and one noise per picture
    (`latents` scaled to unit variance).
    """
    count, device = len(latents), latents.device
    drawn = prediction.draw_timesteps(scheduler, count, generator, logit_mean=LOGIT_MEAN)
    timesteps, noise = drawn.to(device), torch.randn(latents.shape, generator=generator).to(device)
    dropped = torch.rand(count, generator=generator).to(device) < CAPTION_DROP
    words = text_encoder(torch.where(dropped[:, None], empty, tokens)).last_hidden_state
    noisy = prediction.noised(scheduler, latents, noise, timesteps)
    velocity = unet(noisy, timesteps, encoder_hidden_states=words).sample
    return (velocity - prediction.target(scheduler, latents, noise, timesteps)).square().mean()
