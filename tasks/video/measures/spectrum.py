"""Change over time, place by place, and how fast it is.

With L̂_f the Fourier coefficients of a place's luma over the T frames of a loop, f in cycles a
frame, the power in a band is (2 / T²) Σ_f |L̂_f|² (the highest frequency of an even T counts once).
"""

import numpy as np
from jaxtyping import Float32

from tasks.video.measures.agreement import ratio

FAST = 0.25

Lumas = Float32[np.ndarray, "frame y x"]


def temporal(luma: Lumas) -> dict[str, float]:
    """Return flicker, its share of all change, jerk and contrast."""
    slow, fast = bands(luma)
    steps = np.abs(np.roll(luma, -1, 0) - luma).mean()
    bends = np.abs(np.roll(luma, -1, 0) - 2 * luma + np.roll(luma, 1, 0)).mean()
    return {
        "flicker": 100 * float(np.sqrt(fast.mean())),
        "flicker_share": ratio(float(fast.mean()), float((slow + fast).mean())),
        "jerk": ratio(float(bends), float(steps)),
        "contrast": 100 * float(luma.std(0).mean()),
    }


def bands(luma: Lumas) -> tuple[Float32[np.ndarray, "y x"], Float32[np.ndarray, "y x"]]:
    """Return the power of each place below (or at) and above ¼ cycle a frame, the mean left out.

    A row at a time, so that no more than the frames themselves is held.
    """
    count = len(luma)
    frequency = np.fft.rfftfreq(count)
    weight = np.where((frequency == 0) | (2 * frequency == 1), 1.0, 2.0) / count**2
    slow = np.where((frequency > 0) & (frequency <= FAST), weight, 0.0)
    fast = np.where(frequency > FAST, weight, 0.0)
    both = np.stack([slow, fast])
    power = np.empty((2, *luma.shape[1:]), np.float32)
    for row in range(luma.shape[1]):
        power[:, row] = both @ np.abs(np.fft.rfft(luma[:, row], axis=0)) ** 2
    return power[0], power[1]
