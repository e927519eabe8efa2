"""One film dissolves into another.

    V_k = Σ_f w_f(k) V_k^f,    Σ_f w_f = 1.

Films of one scene move alike, so that this equals dissolving the still pictures before they are
moved; what is seen is a picture that becomes another one in place.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from tasks.video.motions.warping import to_bytes
from tasks.video.scene import Film, Frame


def dissolved(films: Sequence[Film], shares: Sequence[Float64[np.ndarray, " frame"]]) -> Film:
    """Return the film whose frame k is the mean of the films', by their shares in it; films
    without a share there are not asked.
    """
    if len(films) == 1:
        return films[0]

    def frame(number: int) -> Frame:
        parts = [
            (film, float(share[number]))
            for film, share in zip(films, shares, strict=True)
            if share[number] > 0
        ]
        if len(parts) == 1:
            return parts[0][0].frame(number)
        mixed = sum(np.float32(share) * film.frame(number) for film, share in parts)
        return to_bytes(np.asarray(mixed, np.float32))

    return Film(films[0].frames, films[0].size, frame)
