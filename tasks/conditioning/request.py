"""What is asked of a mode: which pictures, from which impressions, in how many steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from tasks.conditioning import maps, noise, sample, schedulers
from tasks.conditioning.control import Control, Network, Steering, check_fit
from tasks.conditioning.maps import Maps
from tasks.conditioning.model import DiffusionModel
from tasks.core.errors import InputError
from tasks.core.random import Name

Pictures = UInt8[np.ndarray, "picture y x 3"]
Latents = Float[Tensor, "picture latent row col"]


class Readable(Protocol):
    """Reads pictures in [0, 1] as an impression shows them, with a gradient."""

    @property
    def known(self) -> Sequence[str]:
        """The names of the channels that are read."""
        ...

    @property
    def places(self) -> Sequence[int]:
        """Where they are among the channels of the maps."""
        ...

    def __call__(
        self, pictures: Float[Tensor, "picture 3 y x"], /
    ) -> Float[Tensor, "picture known row col"]:
        """Return the channels."""
        ...


@dataclass(frozen=True)
class Request:
    """One batch of pictures to paint. `names` make the noise, together with `seed`; `size` is
    (rows, columns) in pixels.

    `maps` are the impressions, `readable` reads what a picture shows of them, `pictures` those
    that they were made of, `reference` one whose look they get (or one for each), `controlnet` the
    trained network; a mode that needs one of them says so where it is missing. `beside` are other
    networks with maps of their own (a public ControlNet on depth, say), whose residuals are added
    in the modes under control. `given_noise`, where it is there, takes the place of the noise that
    seed and names would draw.
    """

    captions: Sequence[str]
    names: Sequence[Name]
    seed: int
    size: tuple[int, int]
    steps: int
    guidance_scale: float
    scheduler: str = schedulers.DEFAULT
    maps: Maps | None = None
    readable: Readable | None = None
    pictures: Pictures | None = None
    controlnet: Network | None = None
    reference: Pictures | None = None
    beside: tuple[Steering, ...] = ()
    given_noise: Latents | None = None

    def need(self, field: str) -> Any:
        """Return the value of `field`.

        Raises:
            InputError: it is not there.
        """
        value = getattr(self, field)
        if value is None:
            raise InputError(f"conditioning: this mode needs {field}, and none were given")
        return value

    def colours(self) -> Pictures:
        """Return the impressions' colours as pictures."""
        return maps.colours(self.need("maps"), self.size)

    def control(self, scale: float) -> tuple[Steering, ...]:
        """Return the ControlNet's part at conditioning scale `scale`, and what is beside it."""
        condition = maps.condition(self.need("maps"), self.size)
        return Control(self.need("controlnet"), condition, scale), *self.beside


def paint(
    model: DiffusionModel, request: Request, *, begin: Latents | None = None, **choices: Any
) -> Pictures:
    """Return the pictures of `request`, walked from the noise `begin`; `choices` are passed on to
    `sample.sample`.

    Raises:
        InputError: the ControlNet was trained beside another U-Net.
    """
    if request.controlnet is not None:
        check_fit(request.controlnet, model.unet)
    sources = noise.generators(request.seed, request.names)
    drawn = white_noise(model, request, sources)
    latents = sample.sample(
        model,
        request.captions,
        noise=drawn if begin is None else begin,
        steps=request.steps,
        guidance_scale=request.guidance_scale,
        scheduler=request.scheduler,
        generators=sources,
        **choices,
    )
    return model.decode(latents)


def white_noise(
    model: DiffusionModel, request: Request, sources: list[torch.Generator] | None = None
) -> Latents:
    """Return the noise that the request gives, or what its pictures' sources draw."""
    if request.given_noise is not None:
        return request.given_noise
    sources = sources or noise.generators(request.seed, request.names)
    return noise.white(sources, latent_shape(model, request.size))


def latent_shape(model: DiffusionModel, size: tuple[int, int]) -> tuple[int, int, int]:
    """Return (channels, rows, columns) of the latents of a picture of `size`.

    Raises:
        InputError: the size is no multiple of the autoencoder's factor.
    """
    factor = model.vae_factor
    if size[0] % factor or size[1] % factor:
        raise InputError(
            f"pictures: {size[0]} x {size[1]} pixels do not divide into cells of {factor}"
        )
    return model.unet.config["in_channels"], size[0] // factor, size[1] // factor


def starting(model: DiffusionModel, pictures: Pictures, strength: float) -> sample.Start:
    """Return a start from `pictures`, of which `strength` in (0, 1] is painted anew."""
    return sample.Start(model.encode(pictures), strength)
