"""The local order parameter of the phases, seen in the picture.

    Z(x, t) = G_σ * (G_coherence * exp(iθ(t)))(i(x), j(x)).

On the lattice, the mean over near nodes vanishes where they disagree; it is read at the map
coordinates (i, j) of each cell and smoothed in the picture plane. |Z| ≤ 1.
"""

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, map_coordinates


def local_order(
    phase: Float[np.ndarray, "row col"],
    coordinates: Float[np.ndarray, "y x axis"],
    *,
    coherence: float,
    smoothing: float,
) -> Float[np.ndarray, "y x axis"]:
    """Return (Re Z, Im Z) of every cell; `coherence` in nodes, `smoothing` (σ) in widths of the
    picture.
    """
    places = np.moveaxis(coordinates, -1, 0)
    sigma = smoothing * coordinates.shape[1]
    fields = []
    for part in (np.cos(phase), np.sin(phase)):
        local = gaussian_filter(part, coherence, mode="nearest")
        fields.append(
            gaussian_filter(
                map_coordinates(local, places, order=1, mode="nearest"), sigma, mode="reflect"
            )
        )
    return np.stack(fields, axis=-1)
