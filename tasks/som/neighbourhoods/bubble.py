"""The bubble: all nodes of a square around the best matching unit, alike.

h = 1 where |Δrow| < σ and |Δcol| < σ, else 0:    one term.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from tasks.som.neighbourhoods.neighbourhood import Factors


@dataclass(frozen=True)
class Bubble:
    """A square of half side σ, its border excluded; at σ <= 1 the best matching unit alone."""

    def __call__(
        self,
        rows: Float64[np.ndarray, "row row"],
        cols: Float64[np.ndarray, "col col"],
        sigma: float,
    ) -> tuple[Factors, ...]:
        """Return the single term ([|Δrow| < σ], [|Δcol| < σ])."""
        return (((np.abs(rows) < sigma) * 1.0, (np.abs(cols) < sigma) * 1.0),)
