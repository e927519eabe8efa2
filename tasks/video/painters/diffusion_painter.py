"""The painter that paints: a diffusion model under the control of the impression."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from jaxtyping import Float32

from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.request import Request, latent_shape, paint, starting
from tasks.video.painters.cross_frame_attention import attending_to_first
from tasks.video.scene import Pictures


@dataclass(frozen=True, eq=False)
class DiffusionPainter:
    """Paints pictures of `size` by `mode` (of `tasks.conditioning.registry`), all of a call in one
    batch.
    """

    model: DiffusionModel
    controlnet: ControlNetModel
    mode: Callable[[DiffusionModel, Request], Pictures]
    size: tuple[int, int]
    steps: int
    guidance_scale: float
    scheduler: str
    controlnet_conditioning_scale: float

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of the latents."""
        return latent_shape(self.model, self.size)

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression; with `start`, the share `strength` of the steps is
        walked from there.
        """
        request = Request(
            captions=captions,
            names=range(len(maps)),
            seed=0,
            size=self.size,
            steps=self.steps,
            guidance_scale=self.guidance_scale,
            scheduler=self.scheduler,
            maps=maps,
            controlnet=self.controlnet,
            given_noise=torch.from_numpy(noise),
        )
        if start is None:
            return self.mode(self.model, request)
        control = request.control(self.controlnet_conditioning_scale)
        return paint(
            self.model, request, start=starting(self.model, start, strength), control=control
        )

    def attending(self) -> Self:
        """Return the painter whose pictures all attend to the first one of their batch."""
        copies = 2 if self.guidance_scale > 1 else 1
        unet = attending_to_first(self.model.unet, copies)
        branch = attending_to_first(self.controlnet, copies)
        return replace(self, model=replace(self.model, unet=unet), controlnet=branch)

    def round_trip(self, pictures: Pictures) -> Pictures:
        """Return the pictures, encoded and decoded."""
        return self.model.decode(self.model.encode(pictures))
