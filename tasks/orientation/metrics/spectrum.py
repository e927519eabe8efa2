r"""Distance of radial power spectra.

A picture without its mean, under a Hann window, has the power P(k) at the wave vectors |k| within
half a bin of 1, 2, …, n/2 periods across the picture. The distance is the root mean square, over
these radii, of the difference of log P, P averaged over a set: in nepers of power, where 0.1 is
about a tenth of the power.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from tasks.orientation.metrics.metric import Descriptions, Mean, Pictures, values

FLOOR = 1e-12


@dataclass(frozen=True)
class Spectrum:
    """The mean power at every whole radius."""

    def describe(self, pictures: Pictures) -> Descriptions:
        """Return P at the radii 1 … n/2."""
        centred = values(pictures)
        centred = centred - centred.mean((1, 2), keepdims=True)
        rows, cols = pictures.shape[1:]
        window = np.hanning(rows + 2)[1:-1, None] * np.hanning(cols + 2)[1:-1]
        power = np.abs(np.fft.fft2(centred * window)) ** 2 / (window**2).sum()
        ring = radii(rows, cols)
        last = min(rows, cols) // 2
        return np.stack([power[:, ring == radius].mean(1) for radius in range(1, last + 1)], 1)

    def compare(self, first: Mean, second: Mean) -> float:
        """Return the root mean square difference of log P."""
        difference = np.log(first + FLOOR) - np.log(second + FLOOR)
        return float(np.sqrt((difference**2).mean()))


def radii(rows: int, cols: int) -> Int64[np.ndarray, "y x"]:
    """Return the radius of every wave vector of `fft2`, in periods across the shorter side."""
    y, x = np.fft.fftfreq(rows)[:, None], np.fft.fftfreq(cols)[None]
    return np.rint(np.hypot(y, x) * min(rows, cols)).astype(np.int64)
