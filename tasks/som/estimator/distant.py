"""Samples beyond the map's coordinates.

Those are measured in double precision, in the map's units but not on its grid: distances are right
however far a sample is from the map (up to 2^500 of the map's widest range, where squares would
overflow). It takes more time than the search, and no more memory than `SCORES`.
"""

from typing import Any

import numpy as np
from jaxtyping import Float64

from tasks.som.estimator import missing
from tasks.som.search.best_matching_units import Match

FARTHEST = 2.0**500
SCORES = 1 << 20
"""Bytes of differences a chunk."""


def match(
    samples: Float64[np.ndarray, "sample feature"], nodes: Float64[np.ndarray, "node feature"]
) -> Match:
    """Return the two best matching units of samples (z, NaN where a value is not known)."""
    rows = max(1, SCORES // (8 * nodes.size))
    values = np.clip(samples, -FARTHEST, FARTHEST)
    parts: list[Any] = [
        missing.nearest(part, ~np.isnan(part), nodes)
        for part in (values[start : start + rows] for start in range(0, len(values), rows))
    ]
    best, second, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Match(best, second, distance, refined=1.0)
