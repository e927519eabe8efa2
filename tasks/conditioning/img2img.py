"""Mode `img2img`: the walk starts from the impression's colours, noised (SDEdit, Meng et al. 2021,
arXiv:2108.01073).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tasks.conditioning.fields import Strength

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True)
class Img2Img:
    """Paint `strength` of the way anew, from the impression's colours."""

    needs: ClassVar[tuple[str, ...]] = ("maps",)
    strength: Strength

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per impression."""
        from tasks.conditioning.request import paint, starting

        return paint(model, request, start=starting(model, request.colours(), self.strength))
