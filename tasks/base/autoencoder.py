r"""The autoencoder: a closed-form linear encoder in a stock `AutoencoderTiny`, a trained decoder.

**Encoder.** A picture is cut into patches of f × f pixels, f = 8, each a vector p in [0, 1]³ᶠᶠ.
With the mean μ and the covariance C = V diag(λ) Vᵀ of the patches (principal components, λ
descending), the latent of a patch is

    z = diag(a) Vₖᵀ (p − μ),      aᵢ = c λᵢ^(−w/2),      w = 0.75,

its first k components, partially whitened: w = 0 keeps their energies, w = 1 makes all equal; in
between, the coarse ones stay louder than the fine ones, which is the order in which a diffusion
model learns them. The constant c sets the root mean square of z to 0.4, because the decoder
squashes its input by 3 tanh(z/3), which is nearly z there; `scaling_factor` = 1/0.4 gives the
diffusion model unit variance.

**Why it fits a stock class.** An `AutoencoderTiny` without residual blocks encodes by convolutions
alone, with no activation between. A 3 × 3 convolution of stride 2 sees rows 2i−1, 2i, 2i+1; its
taps 1 and 2 in each direction gather the four pixels of a 2 × 2 block into 4 times the channels.
Two of those gather a 4 × 4 patch of 3 channels into 48; the third sees four such patches, the
whole 8 × 8 one, and applies diag(a) Vₖᵀ at once. The first convolution copies, the last adds
−diag(a) Vₖᵀ μ.

**Decoder.** It is trained on crops of known latents, with L1 on the pixels, on their differences,
and on the local mean of the differences' absolute value (`texture`): the last does not ask where
a grain lies, only how much of it there is, so that grain is not averaged away.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

FACTOR = 8
WIDTH = 3 * (FACTOR // 2) ** 2
SPREAD = 0.4
WHITENING = 0.75
LEAST_ENERGY = 1e-12

Pictures = UInt8[np.ndarray, "picture y x 3"]
Images = Float[Tensor, "picture 3 y x"]
Latents = Float[Tensor, "picture latent row col"]


@dataclass(frozen=True)
class Projection:
    """The map z = matrix · p + bias from a patch, ordered (row, column, colour), to its latent."""

    matrix: Float[np.ndarray, "latent value"]
    bias: Float[np.ndarray, " latent"]


def patches(pictures: Pictures) -> Float[np.ndarray, "patch value"]:
    """Return every 8 × 8 patch as a vector in [0, 1]."""
    count, rows, cols, colours = pictures.shape
    blocks = pictures.reshape(count, rows // FACTOR, FACTOR, cols // FACTOR, FACTOR, colours)
    vectors = blocks.transpose(0, 1, 3, 2, 4, 5).reshape(-1, FACTOR * FACTOR * colours)
    return vectors.astype(np.float32) / 255


def fit(pictures: Pictures, latents: int) -> Projection:
    """Return the partially whitened projection on the first `latents` principal components."""
    values = patches(pictures).astype(np.float64)
    energies, vectors = np.linalg.eigh(np.cov(values.T))
    energies = np.maximum(energies[::-1][:latents], LEAST_ENERGY)
    vectors = vectors[:, ::-1][:, :latents]
    vectors = vectors * np.where(vectors.sum(0) < 0, -1.0, 1.0)
    gains = energies ** (-WHITENING / 2)
    gains *= SPREAD / np.sqrt(np.mean(gains**2 * energies))
    matrix = gains[:, None] * vectors.T
    return Projection(matrix.astype(np.float32), (-matrix @ values.mean(0)).astype(np.float32))


def build(projection: Projection, blocks: tuple[int, ...]) -> AutoencoderTiny:
    """Return the autoencoder whose encoder is `projection` and whose decoder, with `blocks`
    residual blocks per scale from the coarsest on, is untrained.
    """
    scales: dict[str, Any] = {
        "encoder_block_out_channels": (WIDTH,) * 4,
        "decoder_block_out_channels": (WIDTH,) * 4,
        "num_encoder_blocks": (0, 0, 0, 0),
        "num_decoder_blocks": blocks,
    }
    model = AutoencoderTiny(
        latent_channels=len(projection.bias), scaling_factor=1 / SPREAD, **scales
    )
    set_encoder(model, projection)
    return model


@torch.no_grad()
def set_encoder(model: AutoencoderTiny, projection: Projection) -> None:
    """Write `projection` into the encoder's convolutions and freeze them."""
    layers = [layer for layer in model.encoder.layers if isinstance(layer, torch.nn.Conv2d)]
    copy, first, second, third, last = layers
    model.encoder.requires_grad_(False)
    for parameter in model.encoder.parameters():
        parameter.zero_()
    copy.weight[range(3), range(3), 1, 1] = 1.0
    _gather(first.weight, 3)
    _gather(second.weight, 12)
    matrix = torch.from_numpy(projection.matrix)
    for number, value in enumerate(_order()):
        quarter, channel = divmod(number, WIDTH)
        third.weight[: len(matrix), channel, 1 + quarter // 2, 1 + quarter % 2] = matrix[:, value]
    latents = range(len(matrix))
    last.weight[latents, latents, 1, 1] = 1.0
    assert last.bias is not None
    last.bias.copy_(torch.from_numpy(projection.bias))


def _gather(weight: Tensor, channels: int) -> None:
    for number in range(4 * channels):
        quarter, channel = divmod(number, channels)
        weight[number, channel, 1 + quarter // 2, 1 + quarter % 2] = 1.0


def _order() -> list[int]:
    """Return the places, in a (row, column, colour) patch, of the values in the order in which
    they reach the third gathering.
    """
    places = np.arange(FACTOR * FACTOR * 3).reshape(FACTOR, FACTOR, 3)
    while places.shape[0] > 1:
        half = places.shape[0] // 2
        quarters = places.reshape(half, 2, half, 2, -1).transpose(0, 2, 1, 3, 4)
        places = quarters.reshape(half, half, -1)
    return places.reshape(-1).tolist()


def to_images(pictures: Pictures) -> Images:
    """Return pictures as the autoencoder takes them: channels first, in [−1, 1]."""
    values = torch.from_numpy(np.ascontiguousarray(pictures))
    return values.permute(0, 3, 1, 2).float() / 127.5 - 1


@torch.no_grad()
def encode(model: AutoencoderTiny, pictures: Pictures, batch: int = 64) -> Latents:
    """Return the pictures' latents, not scaled (root mean square about 0.4)."""
    starts = range(0, len(pictures), batch)
    parts: list[Any] = [model.encode(to_images(pictures[at : at + batch])) for at in starts]
    return torch.cat([part.latents for part in parts])


def reconstruction_loss(output: Images, target: Images, texture: float) -> Float[Tensor, ""]:
    """Return L1 + ½ L1 of the differences along y and x + `texture` × L1 of the differences'
    mean absolute value over 8 × 8 pixels.
    """
    loss = functional.l1_loss(output, target)
    for axis in (-2, -1):
        made, real = output.diff(dim=axis), target.diff(dim=axis)
        loss = loss + 0.25 * functional.l1_loss(made, real)
        loss = loss + 0.5 * texture * functional.l1_loss(_amount(made), _amount(real))
    return loss


def _amount(differences: Images) -> Images:
    return functional.avg_pool2d(differences.abs(), FACTOR, FACTOR // 2)


def peak_signal_to_noise(output: Pictures, target: Pictures) -> Float[np.ndarray, " picture"]:
    """Return 10 log₁₀(255² / mean squared error) of every picture, in dB."""
    error = ((output.astype(np.float64) - target.astype(np.float64)) ** 2).mean((1, 2, 3))
    return 10 * np.log10(255**2 / np.maximum(error, 1e-12))
