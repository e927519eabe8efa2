"""Whether a picture moves as it was told to, and stays itself while it does.

D_t is the flow over four frames, measured, A⁴_t the analytic one:

    tof       mean |D_t − A⁴_t| / mean |A⁴_t|: 0 follows the motion, 1 stands still
    gain      Σ D · A⁴ / Σ |A⁴|²: the share of the motion that the picture makes
    advected  mean_t corr of the detail of L_t with that of L_0, carried along the motion
    stuck     the same, left in place; slip is their difference
    melt      100 · rms over time of the pulled-back picture L_t(x_t(p)) up to ¼ cycle a frame, x_t
              where the point p of the still picture is seen: edges that dissolve and form anew

Grain that stays on the screen while the picture moves shows in `slip`, not in any warp error.
"""

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.video.measures.agreement import correlation, length, ratio
from tasks.video.measures.spectrum import Lumas, bands
from tasks.video.motions.displacement import Displacement, positions
from tasks.video.motions.optical_flow import carried, measured

SPAN = 4
DETAIL = 2 / 256
"""σ of the detail's lower bound, in widths."""


def following(luma: Lumas, displacement: Displacement, every: int = 1) -> dict[str, float]:
    """Return how far the measured motion over four frames is from the analytic one, and its share
    of it.
    """
    error, size, inner = 0.0, 0.0, 0.0
    square = 0.0
    for step in range(0, len(luma), every):
        analytic = displacement.flow(step, step + SPAN, *luma.shape[1:])
        found = measured(luma[step], luma[(step + SPAN) % len(luma)])
        error += float(length(found - analytic).mean())
        size += float(length(analytic).mean())
        inner += float((found * analytic).mean())
        square += float((analytic * analytic).mean())
    return {"tof": ratio(error, size, empty=1.0), "gain": ratio(inner, square)}


def sticking(luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return how well the first frame's detail is found again along the motion, and in place."""
    first, *later = [detail(frame) for frame in luma]
    back = (displacement.flow(step, 0, *first.shape) for step in range(1, len(luma)))
    along = (carried(first, flow) for flow in back)
    advected = [correlation(a, b) for a, b in zip(along, later, strict=True)]
    stuck = [correlation(first, b) for b in later]
    means = float(np.mean(advected)), float(np.mean(stuck))
    return {"advected": means[0], "stuck": means[1], "slip": means[0] - means[1]}


def melting(luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return how much the still picture changes under its motion, where it is seen throughout."""
    height, width = luma.shape[1:]
    pulled, seen = np.empty_like(luma), np.ones((height, width), bool)
    for step, frame in enumerate(luma):
        shift = displacement.seen(step, height, width)
        pulled[step] = carried(frame, shift)
        x, y = np.moveaxis(positions(height, width) + shift, -1, 0)
        seen &= (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    slow, _ = bands(pulled)
    kept = slow[seen]
    return {"melt": 100 * float(np.sqrt(kept.mean())) if kept.size else 0.0}


def detail(frame: Float32[np.ndarray, "y x"]) -> Float32[np.ndarray, "y x"]:
    """Return what a small Gaussian takes away."""
    return frame - cv2.GaussianBlur(frame, (0, 0), DETAIL * frame.shape[1])
