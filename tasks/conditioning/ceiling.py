"""Mode `ceiling`: the source pictures through the autoencoder and back, the best that any mode can
do with this model.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel
    from tasks.conditioning.request import Pictures, Request


@dataclass(frozen=True)
class Ceiling:
    """Encode and decode the source pictures; nothing is painted."""

    needs: ClassVar[tuple[str, ...]] = ("pictures",)

    def __call__(self, model: "DiffusionModel", request: "Request") -> "Pictures":
        """Return one picture per source picture."""
        return model.decode(model.encode(request.need("pictures")))
