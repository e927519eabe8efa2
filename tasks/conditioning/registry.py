"""The modes of conditioning: how an impression reaches the diffusion model.

A mode is a frozen dataclass, called as `mode(model, request)`; it returns pictures. Its
`needs` name the fields of the request that it reads beside the captions: a stage loads
no others, and recomputes nothing when others change.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tasks.core import registry

if TYPE_CHECKING:  # parameters are checked without loading a diffusion library
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request

MODES = {
    "none": "tasks.conditioning.none:CaptionOnly",
    "img2img": "tasks.conditioning.img2img:Img2Img",
    "latent": "tasks.conditioning.latent:Latent",
    "controlnet": "tasks.conditioning.controlnet:ControlNet",
    "controlnet_img2img": "tasks.conditioning.controlnet_img2img:ControlNetImg2Img",
    "light": "tasks.conditioning.light:Light",
    "styled": "tasks.conditioning.styled:Styled",
    "faithful": "tasks.conditioning.faithful:Faithful",
    "ceiling": "tasks.conditioning.ceiling:Ceiling",
}


class Mode(Protocol):
    """What every entry of the registry is."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields of the request that it reads, beside the captions."""
        ...

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per caption of the request."""
        ...


def mode(choice: Mapping[str, Any], *, what: str) -> Mode:
    """Return the mode that `choice`, {name: ..., its fields}, describes; `what` names the
    parameter in errors.
    """
    return registry.build(MODES, choice, what=what)
