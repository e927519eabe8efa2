"""What single precision may say about distances, and what double precision decides.

The score of node w for sample x is s = ½|w|² - x·w: since |x - w|² = |x|² + 2s, the nearest node
has the lowest score. Samples and nodes are centred first: far from the origin the two terms would
cancel. Computed in single precision with n features, by any order of summation, with or without
fused multiply-adds, a score errs by at most

    ε(x, r) = (n + 5) (u (|x| r + ½r²) + v (|x| + W)²),     u = 2^-24, v = 2^-53,

for nodes no longer than r <= W = max |w| (n + 1 products and sums by Higham, Accuracy and
Stability of Numerical Algorithms, §3.1; the rounding of x, w and ½|w|² to single precision; v for
double precision's own share; the rest is for ε itself being rounded).

Let D be no less than the true distance to the second nearest node. A node longer than |x| + D is
farther away than D, so that neither of the two nearest is: for telling them apart, all scores err
by at most ε = ε(x, min(W, |x| + D)), and two scores that differ by more than 2ε are in true order.
Far from the map's longest node that is a much smaller bound than ε(x, W).

The true distance is |x - w|² = Σ_f (x_f - w_f)² in double precision, f in order; among equals the
lowest index wins.
"""

from types import ModuleType
from typing import Any

import numpy as np

SINGLE, DOUBLE = 2.0**-24, 2.0**-53
"""The unit roundoffs u and v."""
TENSOR = 8 * SINGLE
"""What takes the place of u where three products of TF32 make one of single precision: what the
three leave out is at most 12 u |x| r, and eight of them are added up with an error of at most 20 u
of the largest partial sum, since tensor cores truncate; (8n + 32) u <= 8 (n + 5) u in all.
"""


def error(length: Any, radius: Any, longest: Any, features: int, unit: float = SINGLE) -> Any:
    """Return ε(x, r) for samples of `length` |x|; double precision. `unit` is u."""
    single = unit * (length * radius + 0.5 * radius**2)
    return (features + 5) * (single + DOUBLE * (length + longest) ** 2)


def reach(
    xp: ModuleType,
    length: Any,
    score: Any,
    longest: Any,
    features: int,
    *,
    unit: float = SINGLE,
) -> Any:
    """Return 2ε of each sample. `score` is the computed score of the farthest node that matters,
    the second best or the best.

    D² = |x|² + 2 score, and 4 ε(x, W) more for the rounding of both.
    """
    whole = error(length, longest, longest, features, unit)
    squared = xp.maximum(length**2 + 2.0 * score, xp.zeros_like(length)) + 4.0 * whole
    radius = xp.minimum(length + xp.sqrt(squared), xp.ones_like(length) * longest)
    return 2.0 * error(length, radius, longest, features, unit)


def squared_distance(xp: ModuleType, first: Any, second: Any) -> Any:
    """Return Σ_f (first_f - second_f)² in double precision, f in order: the same bits however many
    rows there are. `first` is single precision, `second` double; their rows are the same in
    number, or broadcast.
    """
    if xp is np:  # fewer and longer operations
        squares = np.ascontiguousarray(np.moveaxis(np.square(first - second), -1, 0))
        for square in squares[1:]:
            squares[0] += square
        return squares[0]
    total: Any = 0.0
    for feature in range(first.shape[-1]):
        difference = xp.astype(first[..., feature], xp.float64) - second[..., feature]
        total = total + difference * difference
    return total
