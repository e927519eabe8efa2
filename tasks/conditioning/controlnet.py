"""Mode `controlnet`: a trained branch reads the whole impression map and steers every step (Zhang
et al. 2023, arXiv:2302.05543).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.fields import MapGuidance, Scale, Share

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True)
class ControlNet:
    """Paint from noise, under control; `map_guidance` and `caption_share` weigh map and words."""

    needs: ClassVar[tuple[str, ...]] = ("maps", "controlnet")
    controlnet_conditioning_scale: Scale
    map_guidance: MapGuidance = 1.0
    caption_share: Share = 1.0

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint

        return paint(
            model,
            request,
            control=request.control(self.controlnet_conditioning_scale),
            map_guidance=self.map_guidance,
            caption_share=self.caption_share,
        )
