"""Values that change along a shot: through the keyframes that name them, constant before the first
and after the last.

Between two keyframes at s and t the share of the second is u = (k − s) / (t − s), or, eased,
u² (3 − 2u), which leaves and arrives at rest.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64


def curve(
    frames: int, points: Sequence[tuple[int, float]], *, ease: bool
) -> Float64[np.ndarray, " frame"]:
    """Return the value at each of `frames` frames; `points` are (frame, value), in order.

    >>> curve(5, [(1, 0.0), (3, 1.0)], ease=False).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    places, values = (np.array(each, np.float64) for each in zip(*points, strict=True))
    number = np.arange(frames, dtype=np.float64)
    position = np.interp(number, places, np.arange(len(places), dtype=np.float64))
    whole = np.minimum(position.astype(np.int64), max(len(places) - 2, 0))
    u = position - whole
    share = u * u * (3 - 2 * u) if ease else u
    after = np.minimum(whole + 1, len(places) - 1)
    return (1 - share) * values[whole] + share * values[after]
