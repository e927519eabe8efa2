"""The sets of held-out pictures that are painted, and measured later.

Set `scenes` are the held-out procedural scenes without those on which the ControlNet's checkpoint
was chosen: what chose a model does not judge it. Set `photographs` are the held-out photographs.
"""

from collections.abc import Collection

import numpy as np
from jaxtyping import Int, UInt8

from tasks.artifacts.pictures import PHOTOGRAPHS, SCENES

Splits = UInt8[np.ndarray, "picture"]
Positions = Int[np.ndarray, "member"]
SPLIT_OF = {"scenes": SCENES, "photographs": PHOTOGRAPHS}


def members(split: Splits, name: str, *, without: Collection[int], most: int) -> Positions:
    """Return the positions of the first `most` pictures of set `name`, `without` some, in the
    order of the store.

    >>> members(np.array([0, 1, 1, 2, 1], np.uint8), "scenes", without=[1], most=1).tolist()
    [2]
    """
    found = np.flatnonzero(split == SPLIT_OF[name])
    return found[~np.isin(found, list(without))][:most]
