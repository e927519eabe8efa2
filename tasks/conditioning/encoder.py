"""The first half of a U-Net, alone: what its skip connections and its middle hold."""

from typing import Any

import torch
from diffusers import UNet2DConditionModel
from jaxtyping import Float
from torch import Tensor

Latents = Float[Tensor, "picture latent row col"]


@torch.no_grad()
def features(
    unet: UNet2DConditionModel, inputs: Latents, timestep: Tensor, asked: dict[str, Any]
) -> tuple[tuple[Tensor, ...], Tensor]:
    """Return the features at the skip connections, from the picture's side down, and in the
    middle; `asked` is how the words are taken (`tasks.conditioning.words`).
    """
    words, extra = asked["encoder_hidden_states"], asked.get("added_cond_kwargs", {})
    time = unet.time_embedding(unet.get_time_embed(sample=inputs, timestep=timestep))
    added = unet.get_aug_embed(emb=time, encoder_hidden_states=words, added_cond_kwargs=extra)
    time = time if added is None else time + added
    hidden = unet.conv_in(inputs)
    skips = (hidden,)
    for block in unet.down_blocks:
        attends = getattr(block, "has_cross_attention", False)
        told = {"encoder_hidden_states": words} if attends else {}
        hidden, found = block(hidden_states=hidden, temb=time, **told)
        skips += found
    middle: Any = unet.mid_block
    attends = getattr(middle, "has_cross_attention", False)
    told = {"encoder_hidden_states": words} if attends else {}
    return skips, middle(hidden, time, **told)
