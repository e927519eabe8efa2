"""From a sample to a lattice of oscillators: the phases that a Kuramoto field can begin in.

The phase of a node is the argument of the mean of exp(iθ) over the pixels that it covers, so that
the seam of the circle is none.
"""

import cv2
import numpy as np
from jaxtyping import Float


def onto(
    phase: Float[np.ndarray, "y x"], rows: int, cols: int
) -> Float[np.ndarray, "{rows} {cols}"]:
    """Return the phases, in [−π, π], of a lattice over the whole sample.

    >>> onto(np.full((4, 4), 3.0), 2, 2).round(6).tolist()
    [[3.0, 3.0], [3.0, 3.0]]
    """
    shrinks = rows <= phase.shape[0] and cols <= phase.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    cosine, sine = (
        cv2.resize(part(phase).astype(np.float64), (cols, rows), interpolation=method)
        for part in (np.cos, np.sin)
    )
    return np.arctan2(sine, cosine)
