r"""The layout of a picture: which way lines run in each of its cells.

Of the structure tensor's field z (`tasks.orientation.metrics.tensor`), whose argument is twice the
angle of the gradient and whose modulus is the coherence, a cell holds the mean, as two maps,

    Re ⟨z⟩ = c cos 2θ,      Im ⟨z⟩ = c sin 2θ,      c ∈ [0, 1],

θ counted from the x axis towards the rows downwards. Doubled angles have no seam at 180°, and
their mean fades where a cell holds several directions.

How well a picture keeps to a layout is the angle between its own field and the layout's, weighed
by the layout's coherence: 0 where they agree, 45° on average where the one knows nothing of the
other.
"""

import numpy as np
from jaxtyping import Float32, Float64

from tasks.orientation.metrics.metric import Pictures
from tasks.orientation.metrics.tensor import orientation

CHANNELS = ("cos 2θ", "sin 2θ")
Layout = Float32[np.ndarray, "picture channel row col"]


def layout(pictures: Pictures, cell: int) -> Layout:
    """Return the layouts of pictures whose sides are multiples of `cell` pixels."""
    z = orientation(pictures)
    rows, cols = (side // cell for side in z.shape[1:])
    mean = z.reshape(len(z), rows, cell, cols, cell).mean((2, 4))
    return np.stack([mean.real, mean.imag], 1).astype(np.float32)


def error(found: Layout, wanted: Layout) -> Float64[np.ndarray, " picture"]:
    """Return, for each picture, the mean angle in degrees, in [0, 90], between what was found and
    what was wanted; not a number where nothing was.
    """
    seen, asked = (each[:, 0] + 1j * each[:, 1].astype(np.float64) for each in (found, wanted))
    angle = np.degrees(np.abs(np.angle(seen * np.conj(asked)))) / 2
    weight = np.abs(asked)
    total = weight.sum((1, 2))
    with np.errstate(invalid="ignore"):
        return (weight * angle).sum((1, 2)) / np.where(total > 0, total, np.nan)
