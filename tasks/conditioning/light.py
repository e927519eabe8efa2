"""Mode `light`: a small trained branch reads the impression once a picture (T2I-Adapter, Mou et
al. 2023, arXiv:2302.08453), at next to no cost in sampling.

The branch comes from the stage `controlnet` with `branch: light`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.conditioning.controlnet import ControlNet

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True, kw_only=True)
class Light(ControlNet):
    """Paint from noise, steered by the light branch."""

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression.

        Raises:
            InputError: the trained network is no light branch.
        """
        from tasks.conditioning.light_branch import LightBranch
        from tasks.core.errors import InputError

        if not isinstance(request.need("controlnet"), LightBranch):
            raise InputError(
                "controlnet.branch: mode light needs a light branch, and data/controlnet holds a "
                "ControlNet; set branch: light, or choose the mode controlnet"
            )
        return super().__call__(model, request)
