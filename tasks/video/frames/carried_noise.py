"""White noise that moves with a displacement, and stays white.

    n_t(x) = Σ_k w_k n₀(k) / √(Σ_k w_k²),    w_k = L(x + d(x) − k),
    L(u, v) = ℓ(u) ℓ(v),    ℓ(u) = sinc(u) sinc(u/a) for |u| < a, else 0,    a = 4,

over the cells k of the noise, which goes on beyond its border as on a torus: mirrored, it would
meet itself there. Lanczos' window makes n_t a near-unitary image of n₀, so that neighbours
correlate by 0.19 at most (half a cell away), by less than 0.12 in the mean over a motion, and the
division makes the variance of every cell exactly 1. Bilinear weights
lose more than half of it; box windows, which keep noise exactly white, forget n₀ linearly with
the shift, which flickers. n_t is always made of n₀, never of n_{t−1}, so that nothing adds up, and
where d = 0 it is n₀.
"""

import numpy as np
from jaxtyping import Float32, Float64

from tasks.video.motions.displacement import Field, positions

REACH = 4

Noise = Float32[np.ndarray, "latent row col"]


def carried_noise(noise: Noise, d: Field) -> Noise:
    """Return n_t for the displacement d (in cells) at the centre of each cell."""
    place = (positions(*noise.shape[1:]) + d).astype(np.float64)
    columns, across = taps(place[..., 0], noise.shape[2])
    rows, down = taps(place[..., 1], noise.shape[1])
    total = np.zeros(noise.shape)
    for row, below in zip(rows, down, strict=True):
        for column, aside in zip(columns, across, strict=True):
            total += below * aside * noise[:, row, column]
    square = (across**2).sum(0) * (down**2).sum(0)
    return (total / np.sqrt(square)).astype(np.float32)


def taps(
    place: Float64[np.ndarray, "row col"], length: int
) -> tuple[np.ndarray, Float64[np.ndarray, "tap row col"]]:
    """Return, for each of the 2a taps, the cell that it reads and its weight."""
    first = np.floor(place).astype(np.int64) - REACH + 1
    cells = first + np.arange(2 * REACH)[:, None, None]
    return cells % length, lanczos(place - cells)


def lanczos(u: np.ndarray) -> np.ndarray:
    """Return ℓ(u).

    >>> [round(float(w), 3) for w in lanczos(np.array([0.0, 0.5, 1.0, 4.0]))]
    [1.0, 0.62, 0.0, 0.0]
    """
    return np.where(np.abs(u) < REACH, np.sinc(u) * np.sinc(u / REACH), 0.0)
