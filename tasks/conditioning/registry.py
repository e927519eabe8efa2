"""The modes of conditioning: how an impression reaches the diffusion model.

A mode is a frozen dataclass, called as `mode(model, request)`; it returns pictures. Its class
variable `needs` names the fields of the request that it reads beside the captions: a stage loads
no others, and recomputes nothing when others change.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

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
    "ceiling": "tasks.conditioning.ceiling:Ceiling",
}


class Mode(Protocol):
    """What every entry of the registry is."""

    needs: ClassVar[tuple[str, ...]]

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per caption of the request."""
        ...


def mode(choice: Mapping[str, Any], *, what: str) -> Mode:
    """Return the mode that `choice`, {name: ..., its fields}, describes; `what` names the
    parameter in errors.
    """
    return registry.build(MODES, choice, what=what)
