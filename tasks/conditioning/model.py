r"""A base model, loaded: autoencoder, text encoder, tokenizer, U-Net, and the scheduler that says
what the U-Net predicts.

Latents are those that the U-Net sees: z = (E(x) − shift) · scale, where E(x) is the mode of the
encoder's posterior and x the picture in [−1, 1]; shift and scale are the autoencoder's own. Any
folder or hub id of Stable Diffusion's shape serves, with an `AutoencoderKL` or an
`AutoencoderTiny`. The folder of the stage `base` holds either such a model or a `record.json` that
says where it lies.
"""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers
from diffusers import UNet2DConditionModel
from jaxtyping import Float, UInt8
from torch import Tensor

from tasks.core import store
from tasks.core.errors import InputError

RECORD = "record.json"
PARTS = ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
Latents = Float[Tensor, "picture latent row col"]
Pictures = UInt8[np.ndarray, "picture y x 3"] | Float[np.ndarray, "picture y x 3"]


@dataclass(frozen=True)
class DiffusionModel:
    """The parts of a base model, in evaluation mode, none of which learns."""

    vae: Any
    text_encoder: Any
    tokenizer: Any
    unet: UNet2DConditionModel
    scheduler: Any

    @property
    def vae_factor(self) -> int:
        """Return the side of a latent cell, in pixels."""
        return 2 ** (len(self._vae("block_out_channels")) - 1)

    @property
    def sample_size(self) -> int:
        """Return the side of the pictures that the U-Net was trained on, in pixels."""
        return self.vae_factor * self.unet.config["sample_size"]

    @torch.no_grad()
    def encode(self, pictures: Pictures) -> Latents:
        """Return the latents of pictures, given as uint8, or as floats in [0, 1]."""
        return torch.cat([self._encode(part) for part in self._cut(pictures)])

    @torch.no_grad()
    def decode(self, latents: Latents) -> UInt8[np.ndarray, "picture y x 3"]:
        """Return the pictures of latents."""
        return np.concatenate([self._decode(part) for part in self._cut(latents)])

    @torch.no_grad()
    def embed(self, captions: Sequence[str]) -> Float[Tensor, "caption token width"]:
        """Return the sequences that the U-Net attends to, one per caption, each cut or padded to
        the tokenizer's length.
        """
        words = self.tokenizer(
            list(captions),
            padding="max_length",
            truncation=True,
            max_length=self.tokenizer.model_max_length,
            return_tensors="pt",
        ).to(self.unet.device)
        masked = getattr(self.text_encoder.config, "use_attention_mask", False)
        mask = words.attention_mask if masked else None
        return self.text_encoder(words.input_ids, attention_mask=mask)[0]

    def _vae(self, name: str, default: Any = None) -> Any:
        value = self.vae.config.get(name)
        return default if value is None else value

    def _cut(self, values: Any) -> Iterator[Any]:
        """Yield parts: of one picture on a CPU, where that is as fast and no result then depends
        on how pictures were batched; of many on a GPU.
        """
        size = 1 if self.unet.device.type == "cpu" else 16
        return (values[at : at + size] for at in range(0, len(values), size))

    def _encode(self, pictures: Pictures) -> Latents:
        values = torch.from_numpy(np.ascontiguousarray(pictures)).to(self.unet.device)
        unit = values / 255 if values.dtype == torch.uint8 else values
        encoded = self.vae.encode((2 * unit - 1).to(self.unet.dtype).permute(0, 3, 1, 2))
        raw = encoded.latent_dist.mode() if hasattr(encoded, "latent_dist") else encoded.latents
        return (raw - self._vae("shift_factor", 0.0)) * self._vae("scaling_factor", 1.0)

    def _decode(self, latents: Latents) -> UInt8[np.ndarray, "picture y x 3"]:
        raw = latents.to(self.unet.device, self.unet.dtype) / self._vae("scaling_factor", 1.0)
        output = self.vae.decode(raw + self._vae("shift_factor", 0.0)).sample
        unit = (output.float() / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
        return (255 * unit).round().to(torch.uint8).cpu().numpy()


def load(folder: Path, device: str = "cpu") -> DiffusionModel:
    """Return the model that `folder` holds or, by its `record.json`, points to.

    Raises:
        InputError: there is none, it is not of Stable Diffusion's shape, or it is not the one that
            was recorded.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: not there; run: dvc repro base")
    record = folder / RECORD
    if not record.is_file():
        return load_source(str(folder), device=device)
    place = json.loads(record.read_text())
    if "hub" in place:
        return load_source(place["hub"], revision=place["revision"], device=device)
    source = Path(place["folder"])
    if not source.is_dir() or store.digest(source) != place["digest"]:
        raise InputError(
            f"{source}: not the base model that was recorded; "
            "run: dvc repro --force --single-item base"
        )
    return load_source(str(source), device=device)


def load_source(
    source: str, *, revision: str | None = None, device: str = "cpu"
) -> DiffusionModel:
    """Return the model in the folder `source`, or else of the hub id `source` at `revision`.

    Raises:
        InputError: it cannot be had, or is not of Stable Diffusion's shape. Weights are read from
            safetensors only.
    """
    try:
        with silenced():
            from diffusers import StableDiffusionPipeline

            pipeline = StableDiffusionPipeline.from_pretrained(
                source,
                revision=revision,
                safety_checker=None,
                feature_extractor=None,
                requires_safety_checker=False,
                use_safetensors=True,
                dtype=torch.float32,
                local_files_only=Path(source).is_dir(),
            )
    except Exception as error:
        raise InputError(f"{source}: no base model could be loaded: {_reason(error)}") from None
    parts: dict[str, Any] = {name: getattr(pipeline, name) for name in PARTS}
    _check(source, parts)
    for part in ("vae", "text_encoder", "unet"):
        parts[part] = parts[part].to(device).eval().requires_grad_(False)
    return DiffusionModel(**parts)


def _reason(error: Exception) -> str:
    """Return what the error says on one line, with what to do where it is one of the usual."""
    text = " ".join(str(error).split())
    if "safetensors" in text:
        return "its weights are not there as safetensors, and pickled ones are not read"
    lost = ("couldn't connect", "offline", "not fully cached", "cannot find the requested files")
    if "Connection" in type(error).__name__ or any(word in text.lower() for word in lost):
        return "the hub does not answer and nothing is cached; give a folder, or embedded"
    return text[:300] or type(error).__name__


def _check(source: str, parts: dict[str, Any]) -> None:
    vae, unet, text = (parts[name].config for name in ("vae", "unet", "text_encoder"))
    if unet["in_channels"] != vae["latent_channels"]:
        raise InputError(
            f"{source}: the U-Net takes {unet['in_channels']} channels, the autoencoder gives "
            f"{vae['latent_channels']}; give a text-to-image model"
        )
    if unet["cross_attention_dim"] != text.hidden_size or unet.get("addition_embed_type"):
        raise InputError(
            f"{source}: the U-Net needs more than this text encoder gives; "
            "give a model of Stable Diffusion 1 or 2"
        )


@contextmanager
def silenced() -> Iterator[None]:
    """Keep diffusers and transformers from showing bars and remarks; with an `AutoencoderTiny`
    they remark on its class, harmlessly.
    """
    loggers: Any = (diffusers.utils.logging, transformers.utils.logging)  # pyright: ignore[reportAttributeAccessIssue]
    levels = [each.get_verbosity() for each in loggers]
    for each in loggers:
        each.set_verbosity_error()
        each.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.set_verbosity(level)
