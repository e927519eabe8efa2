"""Turns: an order in which every source shows one of its pictures before any shows the next."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Int


def by_turns(sources: Sequence[str]) -> Int[np.ndarray, " picture"]:
    """Return the positions of the pictures by turns of their sources, in their order otherwise.

    >>> by_turns(["astronaut", "astronaut", "coffee"]).tolist()
    [0, 2, 1]
    """
    seen: Counter[str] = Counter()
    turns = []
    for source in sources:
        turns.append(seen[source])
        seen[source] += 1
    return np.argsort(turns, kind="stable")
