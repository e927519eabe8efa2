"""Whether the parts of a base model fit each other: autoencoder and U-Net, tokenizers and text
encoders, text encoders and U-Net.
"""

from collections.abc import Mapping
from typing import Any

from tasks.core.errors import InputError


def check(source: str, parts: Mapping[str, Any]) -> None:
    """Compare the parts of the model `source`, by their names in a pipeline.

    Raises:
        InputError: one is missing, or does not fit the others.
    """
    if missing := [name for name, part in parts.items() if part is None]:
        raise InputError(
            f"{source}: has no {missing[0]}; give a model of Stable Diffusion 1, 2 or XL"
        )
    vae, unet = parts["vae"].config, parts["unet"].config
    texts = [part.config for name, part in parts.items() if name.startswith("text_encoder")]
    if unet["in_channels"] != vae["latent_channels"]:
        raise InputError(
            f"{source}: the U-Net takes {unet['in_channels']} channels, the autoencoder gives "
            f"{vae['latent_channels']}; give a text-to-image model"
        )
    for end in ("", "_2")[: len(texts)]:
        _check_words(source, parts[f"tokenizer{end}"], parts[f"text_encoder{end}"].config)
    wanted = "text_time" if len(texts) == 2 else None
    width = sum(text.hidden_size for text in texts)
    if unet["cross_attention_dim"] != width or unet.get("addition_embed_type") != wanted:
        raise InputError(
            f"{source}: the U-Net needs more than its text encoders give; "
            "give a model of Stable Diffusion 1, 2 or XL"
        )


def _check_words(source: str, tokenizer: Any, config: Any) -> None:
    if len(tokenizer) > config.vocab_size:
        raise InputError(
            f"{source}: the tokenizer knows {len(tokenizer)} tokens, its text encoder "
            f"{config.vocab_size}; give the two that belong together"
        )
    if tokenizer.model_max_length > config.max_position_embeddings:
        raise InputError(
            f"{source}: the tokenizer makes {tokenizer.model_max_length} tokens, its text encoder "
            f"takes {config.max_position_embeddings}; set its model_max_length"
        )
