"""Value noise: random numbers on a coarse grid, interpolated, and summed over octaves.

With a grid of random values gₖ of n·2ᵏ nodes a side and an interpolation I,

    noise(x) = Σₖ aᵏ I[gₖ](x) / Σₖ aᵏ,

a the persistence (Ebert et al., Texturing and Modeling: A Procedural Approach, ch. 2).

The grids never depend on the size of the picture, so a scene looks the same at every size.
"""

from functools import lru_cache

import cv2
import numpy as np
from jaxtyping import Float, Float32


@lru_cache(maxsize=16)
def grid(size: int) -> tuple[Float32[np.ndarray, "y 1"], Float32[np.ndarray, "1 x"]]:
    """Return the pixel centres in [0, 1] as a column (y) and a row (x); read-only."""
    centre = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(size)
    centre.setflags(write=False)
    return centre[:, None], centre[None, :]


def smoothstep(
    value: Float[np.ndarray, "..."], low: float, high: float
) -> Float[np.ndarray, "..."]:
    """Return 0 below `low`, 1 above `high` and the cubic 3t² - 2t³ between them."""
    t = np.clip((value - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def field(
    rng: np.random.Generator,
    nodes: tuple[int, int],
    shape: tuple[int, int],
    *,
    octaves: int = 4,
    persistence: float = 0.5,
) -> Float32[np.ndarray, "y x"]:
    """Return noise of the given shape in about [0, 1]; the coarsest grid has `nodes` (y, x)."""
    rows, cols = nodes
    total = rng.random((rows, cols), dtype=np.float32)
    weight, sum_of_weights = 1.0, 1.0
    for _ in range(octaves - 1):
        rows, cols, weight = rows * 2, cols * 2, weight * persistence
        total = cv2.resize(total, (cols, rows), interpolation=cv2.INTER_CUBIC)
        total += np.float32(weight) * rng.random((rows, cols), dtype=np.float32)
        sum_of_weights += weight
    total *= np.float32(1 / sum_of_weights)
    return cv2.resize(total, shape[::-1], interpolation=cv2.INTER_CUBIC)


def profile(
    rng: np.random.Generator, nodes: int, size: int, *, octaves: int, persistence: float = 0.5
) -> Float32[np.ndarray, " x"]:
    """Return one line of piecewise linear noise, stretched to [0, 1]; sharp where the octaves are
    many.
    """
    position = np.arange(size, dtype=np.float32) / np.float32(size)
    line = np.zeros(size, np.float32)
    for octave in range(octaves):
        count = nodes * 2**octave
        knots = rng.random(count + 1, dtype=np.float32)
        line += np.float32(persistence**octave) * np.interp(
            position * count, np.arange(count + 1), knots
        ).astype(np.float32)
    line -= line.min()
    return line / max(float(line.max()), 1e-6)
