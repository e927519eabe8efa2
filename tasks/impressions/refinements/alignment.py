"""Phase alignment: values as phases that pull their like neighbours, the corrected refinement of
the Kuramoto-SOM temporal interpolator (`tasks.kuramoto.alignment` has the equations).
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.impressions.refinements.registry import Plane
from tasks.kuramoto.alignment import Alignment


@dataclass(frozen=True)
class PhaseAlignment:
    """Alignment of one still plane; the fields are those of `Alignment`."""

    channels: list[str]
    strength: Annotated[float, Field(gt=0, le=0.25)]
    likeness: Annotated[float, Field(gt=0)]
    gradient: Annotated[float, Field(ge=0)]
    clamp: Annotated[float, Field(gt=0)]
    iterations: Annotated[int, Field(ge=0, le=10)]

    def __call__(self, plane: Plane) -> Plane:
        """Return the plane with its phases aligned."""
        align = Alignment(
            strength=self.strength,
            likeness=self.likeness,
            gradient=self.gradient,
            motion=0.0,
            clamp=self.clamp,
            iterations=self.iterations,
        )
        return align(plane.astype(np.float64)).astype(np.float32)
