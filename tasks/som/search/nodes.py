"""What goes into a search and comes out of it: nodes centred, in single precision, with half their
squares; and units.
"""

from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, Self

import numpy as np
from jaxtyping import Float64, Int64


class Found(NamedTuple):
    """Of each sample: nearest node, second nearest (-1: not wanted, or there is none) and squared
    distance to the nearest; how many samples double precision decided, and how many nodes all were
    measured against, added up.
    """

    best: Int64[np.ndarray, " sample"]
    second: Int64[np.ndarray, " sample"]
    squared: Float64[np.ndarray, " sample"]
    refined: int
    work: float


@dataclass(frozen=True)
class Nodes:
    """Nodes w, their mean, and how long the longest is once centred; arrays of one namespace."""

    weights: Any
    """Float64, (node, feature)."""
    centre: Any
    """Float32, (feature,): what is subtracted from samples and nodes."""
    product: Any
    """Float32, (feature + 1, node): [-w, ½|w|²] of the centred nodes, so that [x, 1] times this
    are the scores."""
    longest: float

    @classmethod
    def of(cls, weights: Any, xp: ModuleType = np, *, centre: Any = None) -> Self:
        """Return the nodes of `weights`, float64 (node, feature), centred on their mean or on the
        given `centre`.
        """
        if centre is None:
            centre = xp.astype(xp.mean(weights, axis=0), xp.float32)
        centred = weights - xp.astype(centre, xp.float64)
        squares = xp.sum(centred**2, axis=1)
        table = xp.concat([-centred.T, 0.5 * squares[None, :]])
        longest = float(xp.max(xp.sqrt(squares)))
        return cls(weights, centre, xp.asarray(xp.astype(table, xp.float32), copy=True), longest)


def slices(count: int, rows: int) -> list[slice]:
    """Return the parts of `rows` that make up `count`; the last may be shorter."""
    return [slice(start, min(start + rows, count)) for start in range(0, count, rows)]
