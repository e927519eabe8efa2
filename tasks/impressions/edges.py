"""Edges: how strong the edges of the prototype are, on a fixed scale.

    edge = min(e / e₁, 1),

e being the feature `edge` (mean gradient of luma, 1/pixel) and e₁ the full scale.

The scale is a parameter and never taken from a picture or a map: the same strength means the same
value everywhere.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from tasks.impressions.nodes import Nodes


@dataclass(frozen=True)
class Edges:
    """The feature `edge`; `full_scale` (1/pixel) is the strength that is shown as 1, as is every
    greater one.
    """

    full_scale: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

    channels: ClassVar[tuple[str, ...]] = ("edge",)

    @property
    def units(self) -> str:
        """The strength that is shown as 1."""
        return f"{self.full_scale:g}/pixel of luma"

    def __call__(self, nodes: Nodes) -> Float[np.ndarray, "node channel"]:
        """Return edge strength in [0, 1]."""
        return np.clip(nodes.feature("edge") / self.full_scale, 0.0, 1.0)[:, None]
