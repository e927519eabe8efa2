"""From sRGB pictures to light.

sRGB (IEC 61966-2-1) stores V = v / 255, a compressed form of the linear light

    C(V) = V / 12.92  (V <= 0.04045),      ((V + 0.055) / 1.055)^2.4  otherwise.

Relative luminance is a weighted sum of linear light, luma the same sum of the stored values (ITU-R
BT.709):

    Y = 0.2126 C(R) + 0.7152 C(G) + 0.0722 C(B),       Y' = 0.2126 R + 0.7152 G + 0.0722 B.

Luma is close to even in what the eye tells apart, so contrasts and edges are measured on it;
luminance says how much light there is. CIELAB (CIE 15) compresses the tristimulus values X, Y, Z,
relative to those of the white D65, by f:

    L = 116 f(Y) - 16,   a = 500 (f(X) - f(Y)),   b = 200 (f(Y) - f(Z)),
    f(t) = t^(1/3)  (t > (6/29)³),       t / (3 (6/29)²) + 4/29  otherwise.
"""

import numpy as np
from jaxtyping import Float32, UInt8

BT709 = (0.2126, 0.7152, 0.0722)
XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
"""Rows X, Y, Z of linear sRGB light."""
WHITE = (0.95047, 1.0, 1.08883)
"""X, Y, Z of D65, seen by the 2° observer."""
KNEE = 6 / 29


def _linear() -> Float32[np.ndarray, "256"]:
    stored = np.arange(256) / 255
    return np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


LINEAR = _linear()
"""C(v / 255) of every stored value v."""
STORED = (np.arange(256) / 255).astype(np.float32)


def luma(pictures: UInt8[np.ndarray, "picture y x 3"]) -> Float32[np.ndarray, "picture y x"]:
    """Return Y', in [0, 1]."""
    return _weighted(look_up(STORED, pictures), BT709)


def luminance(pictures: UInt8[np.ndarray, "picture y x 3"]) -> Float32[np.ndarray, "picture y x"]:
    """Return Y, in [0, 1]."""
    return _weighted(look_up(LINEAR, pictures), BT709)


def lab(
    pictures: UInt8[np.ndarray, "picture y x 3"],
) -> tuple[Float32[np.ndarray, "picture y x"], ...]:
    """Return L in [0, 100] and a, b, about -128 to 128, as three maps."""
    linear = look_up(LINEAR, pictures)
    x, y, z = (
        _compress(_weighted(linear, tuple(weight / white for weight in row)))
        for row, white in zip(XYZ, WHITE, strict=True)
    )
    return (
        np.float32(116) * y - np.float32(16),
        np.float32(500) * (x - y),
        np.float32(200) * (y - z),
    )


def look_up(
    table: Float32[np.ndarray, "256"], pictures: UInt8[np.ndarray, "picture y x 3"]
) -> Float32[np.ndarray, "picture y x 3"]:
    """Return the table's value of every stored value, where the pictures are: on a GPU as well."""
    return np.asarray(table, like=pictures)[pictures]


def _weighted(
    light: Float32[np.ndarray, "picture y x 3"], weights: tuple[float, ...]
) -> Float32[np.ndarray, "picture y x"]:
    """Return the weighted sum over channels, element by element: a matrix product could depend on
    the batch's size.
    """
    red, green, blue = (np.float32(weight) for weight in weights)
    return red * light[..., 0] + green * light[..., 1] + blue * light[..., 2]


def _compress(value: Float32[np.ndarray, "picture y x"]) -> Float32[np.ndarray, "picture y x"]:
    straight = value * np.float32(1 / (3 * KNEE**2)) + np.float32(4 / 29)
    return np.where(value > np.float32(KNEE**3), np.cbrt(value), straight)
