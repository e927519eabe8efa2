"""What the values of each channel are like over all pictures of a data set."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float16


def statistics(
    blocks: Sequence[Float16[np.ndarray, "picture channel row col"]],
) -> dict[str, Float[np.ndarray, " channel"]]:
    """Return mean, standard deviation, least and greatest value of each channel, over the cells of
    all blocks.

    >>> {name: value.tolist() for name, value in statistics([np.full((2, 1, 3, 3), 0.5)]).items()}
    {'mean': [0.5], 'deviation': [0.0], 'least': [0.5], 'greatest': [0.5]}
    """
    axes = (0, 2, 3)
    cells = sum(block[:, 0].size for block in blocks)
    mean = sum(block.sum(axis=axes, dtype=np.float64) for block in blocks) / cells
    spread = sum(((block - _planes(mean)) ** 2).sum(axis=axes) for block in blocks) / cells
    return {
        "mean": np.asarray(mean),
        "deviation": np.sqrt(spread),
        "least": np.min([block.min(axis=axes) for block in blocks], axis=0).astype(np.float64),
        "greatest": np.max([block.max(axis=axes) for block in blocks], axis=0).astype(np.float64),
    }


def _planes(values: float | Float[np.ndarray, " channel"]) -> Float[np.ndarray, "1 channel 1 1"]:
    return np.asarray(values)[None, :, None, None]
