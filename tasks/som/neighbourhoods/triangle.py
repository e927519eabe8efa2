"""The triangle: a pyramid over the square around the best matching unit.

h = max(σ - |Δrow|, 0) · max(σ - |Δcol|, 0):    one term, σ² at the best matching unit.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from tasks.som.neighbourhoods.neighbourhood import Factors


@dataclass(frozen=True)
class Triangle:
    """Falls linearly along each axis, to 0 at σ. The batch rule divides its height out; the online
    rule does not.
    """

    def __call__(
        self,
        rows: Float64[np.ndarray, "row row"],
        cols: Float64[np.ndarray, "col col"],
        sigma: float,
    ) -> tuple[Factors, ...]:
        """Return the single term (max(σ - |Δrow|, 0), max(σ - |Δcol|, 0))."""
        return ((np.maximum(sigma - np.abs(rows), 0.0), np.maximum(sigma - np.abs(cols), 0.0)),)
