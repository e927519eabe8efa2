"""From CIELAB and from light back to sRGB: the inverses of what `tasks.features.light` computes.

    f⁻¹(u) = u³  (u > 6/29),      3 (6/29)² (u − 4/29)  otherwise Y = f⁻¹((L + 16)/116),   X =
    f⁻¹((L + 16)/116 + a/500),   Z = f⁻¹((L + 16)/116 − b/200)       (relative to D65) V = 12.92 C
    (C ≤ 0.0031308),      1.055 C^(1/2.4) − 0.055  otherwise                          (IEC
    61966-2-1)

A prototype is a mean of colours and may leave the gamut of sRGB; it is then clipped to it channel
by channel.
"""

import numpy as np
from jaxtyping import Float

from tasks.features.light import KNEE, WHITE, XYZ

_TO_LINEAR = np.linalg.inv(np.array(XYZ, np.float64))


def stored(linear: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return linear light in [0, 1] as sRGB stores it, in [0, 1]; light beyond is clipped."""
    light = np.clip(linear, 0.0, 1.0)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def from_lab(
    lightness: Float[np.ndarray, " node"],
    a: Float[np.ndarray, " node"],
    b: Float[np.ndarray, " node"],
) -> Float[np.ndarray, "node 3"]:
    """Return the colours as sRGB in [0, 1]."""
    y = (np.asarray(lightness, np.float64) + 16) / 116
    xyz = np.stack([_expand(y + a / 500), _expand(y), _expand(y - b / 200)], axis=-1) * np.array(
        WHITE
    )
    return stored(xyz @ _TO_LINEAR.T)


def _expand(value: Float[np.ndarray, " node"]) -> Float[np.ndarray, " node"]:
    return np.where(value > KNEE, value**3, 3 * KNEE**2 * (value - 4 / 29))
