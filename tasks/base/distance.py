r"""A Fréchet distance between two sets of pictures, on features that need no network.

A picture is described by the mean colour and the mean gradient of each cell of an 8 × 8 grid: 256
values in [0, 1]. With the means m and the covariances C of the two sets,

    d² = ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁ C₂)^½)

(Heusel et al. 2017, arXiv:1706.08500, eq. 6, with other features). For centred feature matrices A
with C = AᵀA, the last trace is the nuclear norm of A₁ A₂ᵀ, which is exact also where there are
fewer pictures than features. The distance of finite sets is biased upwards: compare only distances
between sets of equal sizes.
"""

import numpy as np
from jaxtyping import Float, UInt8

CELLS = 8


def features(
    pictures: UInt8[np.ndarray, "picture y x 3"],
) -> Float[np.ndarray, "picture feature"]:
    """Return the colours and gradients of the 8 × 8 grid, flattened; the sides of the pictures
    are multiples of 8.
    """
    values = pictures.astype(np.float64) / 255
    luma = values.mean(-1)
    gradient = sum(np.abs(np.gradient(luma, axis=axis)) for axis in (1, 2))
    planes = np.concatenate([values, np.asarray(gradient)[..., None]], -1)
    count, rows, cols, depth = planes.shape
    cells = planes.reshape(count, CELLS, rows // CELLS, CELLS, cols // CELLS, depth).mean((2, 4))
    return cells.reshape(count, -1)


def frechet(first: UInt8[np.ndarray, "a y x 3"], second: UInt8[np.ndarray, "b y x 3"]) -> float:
    """Return d² between two sets of at least two pictures each."""
    described = [features(first), features(second)]
    means = [values.mean(0) for values in described]
    spreads = [
        (values - mean) / np.sqrt(len(values) - 1)
        for values, mean in zip(described, means, strict=True)
    ]
    shared = np.linalg.svd(spreads[0] @ spreads[1].T, compute_uv=False).sum()
    own = sum((values**2).sum() for values in spreads)
    return float(((means[0] - means[1]) ** 2).sum() + own - 2 * shared)
