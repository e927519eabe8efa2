r"""The structure tensor: which way lines run, and how surely.

With the gradient (gₓ, g_y) of a picture smoothed by `FINE`, and averages ⟨·⟩ over a Gaussian
window of `COARSE` pixels,

    z = (⟨gₓ²⟩ − ⟨g_y²⟩ + 2i ⟨gₓ g_y⟩) / (⟨gₓ²⟩ + ⟨g_y²⟩ + ε)

has as argument twice the angle of the mean gradient, and as modulus the coherence: 1 for parallel
lines, 0 where all directions are alike (Bigün & Granlund 1987; Kass & Witkin 1987).
"""

import numpy as np
from jaxtyping import Complex128
from scipy import ndimage

from tasks.orientation.metrics.metric import Pictures, values

FINE, COARSE = 0.7, 2.0
FLAT = 1e-4
"""ε, in squared units of the values per pixel."""


def orientation(
    pictures: Pictures, *, median: bool = False
) -> Complex128[np.ndarray, "picture y x"]:
    """Return z; of the pictures after a 3 × 3 median where `median`."""
    shown = ndimage.median_filter(pictures, (1, 3, 3)) if median else pictures
    smooth = ndimage.gaussian_filter(values(shown), (0, FINE, FINE), mode="reflect")
    down, across = np.gradient(smooth, axis=(1, 2))
    spread = (0, COARSE, COARSE)
    horizontal, vertical, mixed = (
        ndimage.gaussian_filter(product, spread, mode="reflect")
        for product in (across**2, down**2, across * down)
    )
    return (horizontal - vertical + 2j * mixed) / (horizontal + vertical + FLAT)
