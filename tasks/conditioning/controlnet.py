"""Mode `controlnet`: a trained branch reads the whole impression map and steers every step (Zhang
et al. 2023, arXiv:2302.05543).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.fields import Scale
from tasks.conditioning.weighing import Weighing

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True, kw_only=True)
class ControlNet(Weighing):
    """Paint from noise, under control."""

    needs: ClassVar[tuple[str, ...]] = ("maps", "controlnet")
    controlnet_conditioning_scale: Scale

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint

        return paint(
            model,
            request,
            control=request.control(self.controlnet_conditioning_scale),
            weighing=self,
        )
