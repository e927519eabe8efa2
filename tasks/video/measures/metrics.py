r"""How coherent a clip is, and whether it moves as it was told to.

V_t are T frames in [0, 1] at no more than 256 pixels of width, L_t their luma (.2126 R + .7152 G +
.0722 B), F_t the flow from t to t + 1 measured by optical flow, A_t the analytic one, from the
displacement that made the clip; indices modulo T, since clips are loops.

    e_warp           100 · mean |V_{t+1}(x + F_t) − V_t| where F_t is not occluded
    e_warp_analytic  100 · mean |V_{t+1}(x + A_t) − V_t|
    unexplained      e_warp_analytic / (100 · mean |V_{t+1} − V_t|): 1: motion explains nothing
    flicker          100 · rms over time of L above ¼ cycle a frame (`spectrum`)
    flicker_share    its share of the power of all change
    jerk             mean |L_{t+1} − 2 L_t + L_{t−1}| / mean |L_{t+1} − L_t|:
                     0 smooth, 1.73 noise, 2 alternating
    contrast         100 · mean over places of the deviation over time of L
    layout           min_t corr(G L_t, G L_0), σ = 1/32 of the width
    closure          mean |V_0 − V_{T−1}| / mean_t mean |V_{t+1} − V_t|
    motion           mean |A_t|, motion_measured mean |F_t|, pixels of 256 per frame
    least_determinant  min det(I + ∇d): near 0 the picture tears

and tof, gain, advected, stuck, slip, melt (`following`), beyond, stretched, dulled (`exposure`).

Flows to a later frame and what is compared along them (e_warp to unexplained, motion, tof, gain)
may be taken at every `every`-th t alone: they take most of the time, and change little from frame
to frame where no schedule makes the motion jump.

A frozen clip is best in e_warp, flicker, jerk and layout. So a clip counts only where it was told
to move and does: the bounds are gates of the stage `evaluation`.
"""

from collections.abc import Iterable

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.features.light import BT709
from tasks.video.measures.agreement import correlation, difference, length, ratio
from tasks.video.measures.exposure import exposure
from tasks.video.measures.following import SPAN, following, melting, sticking
from tasks.video.measures.spectrum import Lumas, temporal
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.optical_flow import carried, measured, occluded
from tasks.video.scene import Frame

WIDTH = 256
LUMA = np.array(BT709, np.float32)

Frames = Float32[np.ndarray, "frame y x 3"]


def measure(
    frames: Iterable[Frame], displacement: Displacement, *, every: int = 1
) -> dict[str, float]:
    """Return every measure of the table above for one clip, of whose frames no more is held than
    what is measured.

    Raises:
        ValueError: the clip has fewer than five frames, or another number than the displacement.
    """
    values = reduced(frames)
    if len(values) <= SPAN or len(values) != displacement.frames:
        raise ValueError(
            f"frames: {len(values)}, displacement: {displacement.frames}; expected the same "
            f"number, at least {SPAN + 1}"
        )
    luma = values @ LUMA
    return {
        **warp_errors(values, luma, displacement, every),
        **temporal(luma),
        "layout": layout(luma),
        "closure": closure(values),
        **following(luma, displacement, every),
        **sticking(luma, displacement),
        **melting(luma, displacement),
        **exposure(luma, displacement),
        "least_determinant": displacement.least_determinant,
    }


def reduced(frames: Iterable[Frame]) -> Frames:
    """Return the frames in [0, 1], no wider than 256 pixels.

    Means over areas are not rounded again: a second rounding to 8 bits is as large as the first
    and new in every frame, which a slow motion would be charged for as jerk.
    """
    small = np.stack([_reduced(frame) for frame in frames])
    small /= 255
    return small


def _reduced(frame: Frame) -> Float32[np.ndarray, "y x 3"]:
    height, width = frame.shape[:2]
    size = (min(width, WIDTH), round(height * min(width, WIDTH) / width))
    return cv2.resize(frame.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def warp_errors(
    values: Frames, luma: Lumas, displacement: Displacement, every: int
) -> dict[str, float]:
    """Return what is left when the motion is undone, and the motion itself."""
    errors = [_step_errors(values, luma, displacement, t) for t in range(0, len(values), every)]
    return {
        "e_warp": 100 * _mean(errors, "measured"),
        "e_warp_analytic": 100 * _mean(errors, "analytic"),
        "unexplained": ratio(_mean(errors, "analytic"), _mean(errors, "raw")),
        "motion": _mean(errors, "motion"),
        "motion_measured": _mean(errors, "motion_measured"),
    }


def _step_errors(
    values: Frames, luma: Lumas, displacement: Displacement, step: int
) -> dict[str, float]:
    after = (step + 1) % len(values)
    forward, backward = measured(luma[step], luma[after]), measured(luma[after], luma[step])
    analytic = displacement.flow(step, step + 1, *luma.shape[1:])
    seen = ~occluded(forward, backward)
    scale = WIDTH / luma.shape[2]
    return {
        "measured": difference(carried(values[after], forward), values[step], seen),
        "analytic": difference(carried(values[after], analytic), values[step]),
        "raw": difference(values[after], values[step]),
        "motion": scale * float(length(analytic).mean()),
        "motion_measured": scale * float(length(forward).mean()),
    }


def layout(luma: Lumas) -> float:
    """Return the smallest correlation of a blurred frame with the first; 1 for pictures without
    contrast.
    """
    blurred = [cv2.GaussianBlur(frame, (0, 0), frame.shape[1] / 32) for frame in luma]
    return min(correlation(frame, blurred[0]) for frame in blurred)


def closure(values: Frames) -> float:
    """Return the step from the last frame to the first over the mean step within the clip; 0 where
    nothing moves at all.
    """
    steps = np.abs(np.diff(values, axis=0)).mean()
    return ratio(float(np.abs(values[0] - values[-1]).mean()), float(steps))


def _mean(records: list[dict[str, float]], name: str) -> float:
    return float(np.mean([record[name] for record in records]))
