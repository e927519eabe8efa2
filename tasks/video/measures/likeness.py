"""How close a clip stays to the impressions that it was painted from.

I_t is the impression of frame t, displaced, as a picture; V_t the frame; G a Gaussian of σ = 6
pixels of 256:

    follow  100 · mean |G V_t − G I_t|
    pace    100 · mean |(1 − SSIM(V_t, V_{t+1})) − (1 − SSIM(I_t, I_{t+1}))|: whether the picture
            changes as much from frame to frame as what it follows (after tLP, Chu et al. 2020,
            arXiv:1811.09393, with SSIM in place of a network)
"""

import cv2
import numpy as np
from jaxtyping import Float32
from skimage.metrics import structural_similarity

from tasks.video.measures.agreement import difference
from tasks.video.measures.spectrum import Lumas

BLUR = 6 / 256


def likeness(
    values: Float32[np.ndarray, "frame y x 3"], impressions: Float32[np.ndarray, "frame y x 3"]
) -> dict[str, float]:
    """Return both measures of frames and impressions of the same size, all in [0, 1]."""
    sigma = BLUR * values.shape[2]
    gaps = [
        difference(cv2.GaussianBlur(one, (0, 0), sigma), cv2.GaussianBlur(other, (0, 0), sigma))
        for one, other in zip(values, impressions, strict=True)
    ]
    paces = np.abs(np.subtract(changes(values.mean(-1)), changes(impressions.mean(-1))))
    return {"follow": 100 * float(np.mean(gaps)), "pace": 100 * float(paces.mean())}


def changes(grey: Lumas) -> list[float]:
    """Return 1 − SSIM of each frame and the next, the last one and the first included."""
    following = np.roll(grey, -1, axis=0)
    return [_change(one, other) for one, other in zip(grey, following, strict=True)]


def _change(one: Float32[np.ndarray, "y x"], other: Float32[np.ndarray, "y x"]) -> float:
    same = structural_similarity(one, other, data_range=1.0)
    return 1 - float(same)  # pyright: ignore[reportArgumentType]
