"""Fidelity of a ControlNet: paint under the maps of given pictures, extract the impressions again,
compare.
"""

from collections.abc import Sequence

import numpy as np
from diffusers import ControlNetModel
from jaxtyping import Float, UInt8

from tasks.conditioning.controlnet import ControlNet
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.request import Request
from tasks.core.random import Name
from tasks.impressions import fidelity
from tasks.impressions.extract import Extractor


def measure(
    model: DiffusionModel,
    network: ControlNetModel,
    extractor: Extractor,
    *,
    pictures: UInt8[np.ndarray, "picture y x 3"],
    captions: Sequence[str],
    maps: Float[np.ndarray, "picture channel row col"],
    names: Sequence[Name],
    seed: int,
    scheduler: str,
    num_inference_steps: int,
    guidance_scale: float,
) -> tuple[dict[str, float], UInt8[np.ndarray, "picture y x 3"]]:
    """Return the mean of each metric of `tasks.impressions.fidelity` over the pictures, and what
    was painted.
    """
    request = Request(
        captions=captions,
        names=names,
        seed=seed,
        size=(pictures.shape[1], pictures.shape[2]),
        steps=num_inference_steps,
        guidance_scale=guidance_scale,
        scheduler=scheduler,
        maps=maps,
        controlnet=network,
    )
    painted = ControlNet(controlnet_conditioning_scale=1.0)(model, request)
    return fidelity.summary(fidelity.compare(maps, pictures, painted, extractor)), painted
