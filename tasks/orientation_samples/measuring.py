"""What the samples are worth: distances to held-out pictures beside their floors, and how well
steered samples keep to their layouts.
"""

from typing import Any

import numpy as np
from jaxtyping import UInt8

from tasks.orientation.layouts.layout import Layout, error, layout
from tasks.orientation.metrics.comparison import METRICS, distance, floor, interval

DRAWS = 40
"""Draws of a floor and of a bootstrap interval."""

Pictures = UInt8[np.ndarray, "picture y x"]


def distances(
    samples: Pictures, held_out: Pictures, generator: np.random.Generator
) -> dict[str, dict[str, Any]]:
    """Return by metric the distance, its 95 % interval, and the mean floor of as many real
    pictures (of half of them, where there are not twice as many).
    """
    size = min(len(samples), len(held_out) // 2)
    found: dict[str, dict[str, Any]] = {}
    for name, metric in METRICS.items():
        drawn, real = metric.describe(samples), metric.describe(held_out)
        found[name] = {
            "distance": distance(metric, drawn, real),
            "interval": interval(metric, drawn, real, DRAWS, generator),
            "floor": float(floor(metric, real, size, DRAWS, generator).mean()),
        }
    return found


def alignment(samples: Pictures, wanted: Layout, cell: int) -> dict[str, float | None]:
    """Return the mean angle between samples and the layouts that they were to have, in degrees,
    and its standard error; None where no layout says anything.
    """
    each = error(layout(samples, cell), wanted)
    each = each[np.isfinite(each)]
    if not len(each):
        return {"degrees": None, "standard_error": None}
    return {
        "degrees": float(each.mean()),
        "standard_error": float(each.std() / np.sqrt(len(each))),
    }
