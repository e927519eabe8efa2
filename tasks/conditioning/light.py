"""Mode `light`: a small trained branch reads the impression once a picture (T2I-Adapter, Mou et
al. 2023, arXiv:2302.08453): weaker control than a ControlNet's, at next to no cost in sampling.

The branch comes from the stage `controlnet` with `branch: light`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.fields import MapGuidance, Scale, Share

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True)
class Light:
    """Paint from noise, steered by the light branch."""

    needs: ClassVar[tuple[str, ...]] = ("maps", "controlnet")
    controlnet_conditioning_scale: Scale
    map_guidance: MapGuidance = 1.0
    caption_share: Share = 1.0

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression.

        Raises:
            InputError: the trained network is no light branch.
        """
        from tasks.conditioning.light_branch import LightBranch
        from tasks.conditioning.request import paint
        from tasks.core.errors import InputError

        if not isinstance(request.need("controlnet"), LightBranch):
            raise InputError(
                "controlnet.branch: mode light needs a light branch, and data/controlnet holds a "
                "ControlNet; set branch: light, or choose the mode controlnet"
            )
        return paint(
            model,
            request,
            control=request.control(self.controlnet_conditioning_scale),
            map_guidance=self.map_guidance,
            caption_share=self.caption_share,
        )
