"""Mode `none`: the caption alone. What the impression adds is measured against this."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True)
class CaptionOnly:
    """Paint from the caption, blind to the impression."""

    needs: ClassVar[tuple[str, ...]] = ()

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per caption."""
        from tasks.conditioning.request import paint

        return paint(model, request)
