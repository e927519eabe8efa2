r"""A base model, loaded: autoencoder, text encoder, tokenizer, U-Net, and the scheduler that says
what the U-Net predicts.

Latents are those that the U-Net sees: z = (E(x) − shift) · scale, where E(x) is the mode of the
encoder's posterior and x the picture in [−1, 1]; shift and scale are the autoencoder's own. Any
folder or hub id of Stable Diffusion's shape (1, 2 or XL) serves, with an `AutoencoderKL` or an
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

from tasks.conditioning.fit import check
from tasks.conditioning.words import Words, join
from tasks.core import store
from tasks.core.errors import InputError

RECORD = "record.json"
PARTS = ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
SECOND = ("text_encoder_2", "tokenizer_2")
"""What Stable Diffusion XL has beside."""
Latents = Float[Tensor, "picture latent row col"]
Pictures = UInt8[np.ndarray, "picture y x 3"] | Float[np.ndarray, "picture y x 3"]


@dataclass(frozen=True)
class DiffusionModel:
    """The parts of a base model, in evaluation mode, none of which learns; the second text encoder
    is Stable Diffusion XL's, and `zero_silence` says whether its empty caption is all zeros.
    """

    vae: Any
    text_encoder: Any
    tokenizer: Any
    unet: UNet2DConditionModel
    scheduler: Any
    text_encoder_2: Any = None
    tokenizer_2: Any = None
    zero_silence: bool = False

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
        return torch.cat([self._encode(part) for part in self.cut(pictures)])

    @torch.no_grad()
    def decode(self, latents: Latents) -> UInt8[np.ndarray, "picture y x 3"]:
        """Return the pictures of latents."""
        return np.concatenate([self._decode(part) for part in self.cut(latents)])

    def render(self, latents: Latents) -> Float[Tensor, "picture 3 y x"]:
        """Return the pictures of latents as floats in [0, 1], through which gradients flow."""
        raw = latents.to(self.unet.device, self.unet.dtype) / self._vae("scaling_factor", 1.0)
        output = self.vae.decode(raw + self._vae("shift_factor", 0.0)).sample
        return (output.float() / 2 + 0.5).clamp(0, 1)

    @torch.no_grad()
    def embed(self, captions: Sequence[str]) -> Words:
        """Return what the captions become, each cut or padded to the tokenizer's length."""
        if self.text_encoder_2 is None:
            sequence = self._told(self.text_encoder, self.tokenizer, captions)[0]
            return Words(sequence, sequence.new_empty((len(captions), 0)))
        pairs = (self.text_encoder, self.tokenizer), (self.text_encoder_2, self.tokenizer_2)
        told = [self._told(*pair, captions, output_hidden_states=True) for pair in pairs]
        return Words(torch.cat([each.hidden_states[-2] for each in told], -1), told[1][0])

    def silence(self, count: int) -> Words:
        """Return what the empty caption becomes, `count` times."""
        empty = self.embed([""])
        if self.zero_silence:
            empty = Words(torch.zeros_like(empty.sequence), torch.zeros_like(empty.pooled))
        return join([empty] * count)

    def _told(self, encoder: Any, tokenizer: Any, captions: Sequence[str], **how: Any) -> Any:
        words = tokenizer(
            list(captions),
            padding="max_length",
            truncation=True,
            max_length=tokenizer.model_max_length,
            return_tensors="pt",
        ).to(self.unet.device)
        masked = getattr(encoder.config, "use_attention_mask", False)
        mask = words.attention_mask if masked else None
        return encoder(words.input_ids, attention_mask=mask, **how)

    def _vae(self, name: str, default: Any = None) -> Any:
        value = self.vae.config.get(name)
        return default if value is None else value

    def cut(self, values: Any) -> Iterator[Any]:
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
        unit = self.render(latents).permute(0, 2, 3, 1)
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
            pipeline = _pipeline(source, revision)
    except Exception as error:
        raise InputError(f"{source}: no base model could be loaded: {_reason(error)}") from None
    second = [name for name in SECOND if getattr(pipeline, name, None) is not None]
    parts: dict[str, Any] = {name: getattr(pipeline, name, None) for name in (*PARTS, *second)}
    check(source, parts)
    for name, part in parts.items():
        if isinstance(part, torch.nn.Module):
            parts[name] = part.to(device).eval().requires_grad_(False)
    parts["vae"].to(memory_format=torch.channels_last)  # decodes in 0.6 to 0.9 of the time
    zeros = bool(pipeline.config.get("force_zeros_for_empty_prompt"))
    return DiffusionModel(**parts, zero_silence=zeros)


def _pipeline(source: str, revision: str | None) -> Any:
    """Return the stock pipeline that `source` names, without what looks at pictures afterwards."""
    return diffusers.DiffusionPipeline.from_pretrained(
        source,
        revision=revision,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        use_safetensors=True,
        dtype=torch.float32,
        local_files_only=Path(source).is_dir(),
    )


def _reason(error: Exception) -> str:
    """Return what the error says on one line, with what to do where it is one of the usual."""
    text = " ".join(str(error).split())
    if "safetensors" in text:
        return "its weights are not there as safetensors, and pickled ones are not read"
    lost = ("couldn't connect", "offline", "not fully cached", "cannot find the requested files")
    if "Connection" in type(error).__name__ or any(word in text.lower() for word in lost):
        return "the hub does not answer and nothing is cached; give a folder, or embedded"
    return text[:300] or type(error).__name__


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
