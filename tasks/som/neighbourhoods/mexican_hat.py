"""The Mexican hat: near nodes are drawn along, those further away pushed off.

With g(d) = exp(-d² / 2σ²),

    h = (1 - (Δrow² + Δcol²) / σ²) g(Δrow) g(Δcol)
      = g(Δrow) g(Δcol) - (Δrow²/σ²) g(Δrow) g(Δcol) - g(Δrow) (Δcol²/σ²) g(Δcol):    three terms.

It crosses 0 at σ. It is here for comparison with other maps, and for the study of lateral
inhibition: both rules divide or step by sums that change sign, so nodes may run away from the
data, more so the wider the map. Under the batch rule, a node around which the sum of h over all
samples is not positive keeps its weights.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from tasks.som.neighbourhoods.neighbourhood import Factors, Gaussian


@dataclass(frozen=True)
class MexicanHat:
    """The second derivative of a Gaussian, 1 at the best matching unit."""

    def __call__(
        self,
        rows: Float64[np.ndarray, "row row"],
        cols: Float64[np.ndarray, "col col"],
        sigma: float,
    ) -> tuple[Factors, ...]:
        """Return the three terms."""
        ((by_row, by_col),) = Gaussian()(rows, cols, sigma)
        return (
            (by_row, by_col),
            (-((rows / sigma) ** 2) * by_row, by_col),
            (by_row, -((cols / sigma) ** 2) * by_col),
        )
