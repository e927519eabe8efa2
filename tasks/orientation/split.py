"""Splits: which sources are held out.

A source is a finger, a photograph or a seed of the synthesiser: all its crops fall on one side.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool


def held_out(
    sources: Sequence[str], share: float, generator: np.random.Generator
) -> Bool[np.ndarray, " picture"]:
    """Return True for the pictures of the `share` of sources (rounded, at least one, never all)
    that the generator holds out.

    Raises:
        ValueError: there are fewer than two sources, or the share is not inside (0, 1).
    """
    names = sorted(set(sources))
    if len(names) < 2 or not 0 < share < 1:
        raise ValueError(f"share is {share} of {len(names)} sources; it cannot split them")
    count = min(max(1, round(share * len(names))), len(names) - 1)
    chosen = set(generator.permutation(np.asarray(names))[:count].tolist())
    return np.array([source in chosen for source in sources])
