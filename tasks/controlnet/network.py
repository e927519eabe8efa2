r"""The network: a copy of the U-Net's encoder that reads the impression, joined by convolutions
that start at zero.

The copy F' sees x_t + E(c), where E embeds the conditioning map c at full resolution down to the
latents' grid. Its outputs reach the frozen U-Net through 1 × 1 convolutions Z_i whose weights and
biases start at zero (Zhang et al. 2023, arXiv:2302.05543, section 3.1), so an untrained ControlNet
changes nothing at all. How E starts: `tasks.controlnet.embedding`.

E and the Z_i are new; the copied layers know their trade already. The new ones therefore learn at
`factor` times the rate of the others. AdamW's whole step, decay included, is proportional to the
learning rate, so the faster step is the ordinary one stretched:

    θ ← θ₋ + factor · (θ − θ₋),      θ₋ before the step, θ after it.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from torch import nn

from tasks.conditioning.light_branch import LightBranch
from tasks.conditioning.maps import check_channels
from tasks.controlnet.embedding import awaken
from tasks.core.errors import InputError

BRANCHES: dict[str, Any] = {"controlnet": ControlNetModel, "light": LightBranch}
"""The networks that read a map: the copied encoder, and the light tower without one."""
NEW = ("controlnet_cond_embedding", "controlnet_down_blocks", "controlnet_mid_block")


def build(
    unet: UNet2DConditionModel,
    *,
    channels: int,
    embedding: Sequence[int],
    vae_factor: int,
    seed: int,
    branch: str = "controlnet",
) -> Any:
    """Return a network of `BRANCHES` on `unet` for maps of `channels` channels; `embedding` lists
    the channels of E from the picture's scale down.

    Raises:
        InputError: four channels, or `embedding` does not end at the latents' scale.
    """
    check_channels(channels)
    scales = round(math.log2(vae_factor)) + 1
    if len(embedding) != scales:
        raise InputError(
            f"controlnet.embedding: {len(embedding)} entries, but the autoencoder halves "
            f"{scales - 1} times; give {scales} entries"
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        control = BRANCHES[branch].from_unet(
            unet,
            conditioning_channels=channels,
            conditioning_embedding_out_channels=tuple(embedding),
        )
    awaken(control, torch.Generator().manual_seed(seed))
    return control


def load(folder: Path, device: str = "cpu") -> Any:
    """Return the network of `BRANCHES` that `save_pretrained` wrote into `folder`, ready to paint.

    Raises:
        InputError: there is none, or another one.
    """
    config = folder / "config.json"
    if not config.is_file():
        raise InputError(f"{config}: not there; run: dvc repro controlnet")
    written = json.loads(config.read_text()).get("_class_name")
    made = {each.__name__: each for each in BRANCHES.values()}.get(written)
    if made is None:
        raise InputError(f"{config}: {written!r} reads no map; run: dvc repro controlnet")
    network = made.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    return network.to(device).eval()


def new_parameters(network: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that were not copied from the U-Net: the condition embedding and the
    zero convolutions.
    """
    return [weight for name, weight in network.named_parameters() if name.startswith(NEW)]


def quicken(
    optimizer: torch.optim.Optimizer, parameters: Sequence[nn.Parameter], factor: float
) -> None:
    """Let `parameters` learn at `factor` times the optimizer's rate."""
    before: list[torch.Tensor] = []

    @torch.no_grad()
    def remember(*_: Any) -> None:
        before[:] = [weight.clone() for weight in parameters]

    @torch.no_grad()
    def stretch(*_: Any) -> None:
        for weight, old in zip(parameters, before, strict=True):
            weight.copy_(old + factor * (weight - old))

    optimizer.register_step_pre_hook(remember)
    optimizer.register_step_post_hook(stretch)
