"""What a displacement asks of a picture that it does not hold: places beyond it, and detail.

beyond     100 · share of the pixels of all frames that show what lies beyond the border
stretched  100 · share of pixels where the picture is enlarged, det(I + ∇d) < 0.9
dulled     100 · (1 − detail there / detail of the same points in the mean over the loop), as
           root mean squares: how much softer the picture is where it is stretched
"""

import numpy as np
from jaxtyping import Bool, Float

from tasks.video.measures.agreement import ratio
from tasks.video.measures.following import detail
from tasks.video.measures.spectrum import Lumas
from tasks.video.motions.displacement import Displacement, Field, determinant, gradients, positions
from tasks.video.motions.optical_flow import carried

STRETCHED = 0.9


def exposure(luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return the three measures."""
    size, steps = luma.shape[1:], range(len(luma))
    fields = [displacement.at(step, *size) for step in steps]
    large = np.stack([density(d) < STRETCHED for d in fields])
    shifts = [displacement.seen(step, *size) for step in steps]
    power = (detail(luma[step]) ** 2 for step in steps)
    pulled = np.stack([carried(one, shift) for one, shift in zip(power, shifts, strict=True)])
    weight = (one.astype(np.float32) for one in large)
    thin = np.stack([carried(one, shift) > 0.5 for one, shift in zip(weight, shifts, strict=True)])
    there = float((pulled * thin).sum())
    usual = float((pulled.mean(0) * thin.sum(0)).sum())
    return {
        "beyond": 100 * float(np.mean([outside(d).mean() for d in fields])),
        "stretched": 100 * float(large.mean()),
        "dulled": 100 * (1 - float(np.sqrt(ratio(there, usual, empty=1.0)))),
    }


def outside(d: Field) -> Bool[np.ndarray, "y x"]:
    """Return the pixels that show a place more than half a pixel beyond the outermost centres."""
    height, width = d.shape[:2]
    x, y = np.moveaxis(positions(height, width) + d, -1, 0)
    return (x < -0.5) | (x > width - 0.5) | (y < -0.5) | (y > height - 0.5)


def density(d: Field) -> Float[np.ndarray, "y x"]:
    """Return det(I + ∇d) of a displacement in pixels."""
    return determinant(*gradients(d / d.shape[1]), 1.0)
