"""Mode `controlnet_img2img`: under control, and from the impression's colours: structure from the
one, palette from the other.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.fields import Scale, Strength
from tasks.conditioning.weighing import Weighing

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True, kw_only=True)
class ControlNetImg2Img(Weighing):
    """Paint `strength` of the way anew from the impression's colours, under control."""

    needs: ClassVar[tuple[str, ...]] = ("maps", "controlnet")
    controlnet_conditioning_scale: Scale
    strength: Strength

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint, starting

        start = starting(model, request.colours(), self.strength)
        return paint(
            model,
            request,
            start=start,
            control=request.control(self.controlnet_conditioning_scale),
            weighing=self,
        )
