"""What the base model learns from: captioned pictures with their latents, and batches of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from transformers import CLIPTokenizer

from tasks.base.autoencoder import FACTOR, encode, reconstruction_loss, to_images
from tasks.base.denoiser import flow_matching_loss
from tasks.base.parts import Parts
from tasks.base.tokenizer import tokens
from tasks.base.training import Loss

CROP = 8
LATENT_NOISE = 0.03


@dataclass(frozen=True)
class Corpus:
    """Pictures, their latents (not scaled; those of the mirrored pictures second), and their
    captions as tokens, with the empty caption's.
    """

    pictures: UInt8[np.ndarray, "picture y x 3"]
    latents: Float[Tensor, "2 picture latent row col"]
    tokens: Int[Tensor, "picture token"]
    empty: Int[Tensor, " token"]


def prepare(
    pictures: UInt8[np.ndarray, "picture y x 3"],
    captions: Sequence[str],
    autoencoder: AutoencoderTiny,
    tokenizer: CLIPTokenizer,
) -> Corpus:
    """Return the corpus of captioned pictures for this autoencoder and tokenizer."""
    mirrored = pictures[:, :, ::-1]
    latents = torch.stack([encode(autoencoder, pictures), encode(autoencoder, mirrored)])
    numbers = torch.from_numpy(tokens(tokenizer, [*captions, ""]))
    return Corpus(pictures, latents, numbers[:-1], numbers[-1])


def denoiser_loss(corpus: Corpus, parts: Parts, *, scale: float, batch: int) -> Loss:
    """Return the loss of a random batch of latents times `scale`, half of them mirrored."""
    device = parts.unet.device

    def loss(generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(corpus.tokens), (batch,), generator=generator)
        mirrored = torch.randint(2, (batch,), generator=generator)
        return flow_matching_loss(
            parts.unet,
            parts.text_encoder,
            parts.scheduler,
            latents=scale * corpus.latents[mirrored, chosen].to(device),
            tokens=corpus.tokens[chosen].to(device),
            empty=corpus.empty.to(device),
            generator=generator,
        )

    return loss


def decoder_loss(
    corpus: Corpus, autoencoder: AutoencoderTiny, *, texture: float, batch: int
) -> Loss:
    """Return the loss of a random batch of crops of 8 × 8 cells, decoded in bfloat16 from latents
    with a little noise.
    """
    device, side = autoencoder.device, min(CROP, corpus.latents.shape[-1])
    places = corpus.latents.shape[-1] - side + 1

    def loss(generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(corpus.tokens), (batch,), generator=generator)
        corners = torch.randint(places, (batch, 2), generator=generator)
        crops = [(n, y, x) for n, (y, x) in zip(chosen.tolist(), corners.tolist(), strict=True)]
        latents = torch.stack([_cells(corpus, *crop, side) for crop in crops])
        target = to_images(np.stack([_pixels(corpus, *crop, side) for crop in crops]))
        noise = LATENT_NOISE * torch.randn(latents.shape, generator=generator)
        with torch.autocast(device.type, torch.bfloat16):
            decoded: Any = autoencoder.decode((latents + noise).to(device))
        output = decoded.sample
        return reconstruction_loss(output.float(), target.to(device), texture)

    return loss


def _cells(corpus: Corpus, number: int, row: int, col: int, side: int) -> Tensor:
    return corpus.latents[0, number, :, row : row + side, col : col + side]


def _pixels(corpus: Corpus, number: int, row: int, col: int, side: int) -> np.ndarray:
    y, x, length = FACTOR * row, FACTOR * col, FACTOR * side
    return corpus.pictures[number, y : y + length, x : x + length]
