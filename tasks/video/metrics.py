r"""How coherent a clip is, and whether it moves as it was told to.

V_t are T frames in [0, 1] at no more than 256 pixels of width, L_t their luma (.2126 R + .7152 G +
.0722 B), F_t the flow from t to t + 1 measured by optical flow, A_t the analytic one, from the
displacement that made the clip; indices modulo T, since clips are loops.

    e_warp           100 · mean |V_{t+1}(x + F_t) − V_t| where F_t is not occluded
    e_warp_analytic  100 · mean |V_{t+1}(x + A_t) − V_t|
    unexplained      e_warp_analytic / (100 · mean |V_{t+1} − V_t|): 1: motion explains nothing
    flicker          100 · rms over time of L above ¼ per frame, √(2 Σ |L̂_f|²) / T
    jerk             mean |L_{t+1} − 2 L_t + L_{t−1}| / mean |L_{t+1} − L_t|:
                     0 smooth, 1.73 noise, 2 alternating
    layout           min_t corr(G L_t, G L_0), σ = 1/32 of the width
    closure          mean |V_0 − V_{T−1}| / mean_t mean |V_{t+1} − V_t|
    motion           mean |A_t|, motion_measured mean |F_t|, pixels of 256 per frame
    contrast         100 · mean over places of the deviation over time of L
    tof              mean |D_t − A⁴_t| / mean |A⁴_t|, both over four frames, D measured:
                     0 follows the motion, 1 stands still
    gain             Σ D · A⁴ / Σ |A⁴|²: the share of the motion that the picture makes
    advected, stuck  mean_t corr of the detail of L_t with that of L_0, carried along the motion
                     or left in place; slip is their difference

A frozen clip is best in e_warp, flicker, jerk and layout. So a clip counts only where `gates`
pass.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.video.displacement import Displacement, Field
from tasks.video.optical_flow import carried, measured, occluded

WIDTH = 256
SPAN = 4
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
LEAST_MOTION = 0.1
MOST_TOF = 0.30

Frames = Float32[np.ndarray, "frame y x 3"]
Lumas = Float32[np.ndarray, "frame y x"]


def measure(
    frames: UInt8[np.ndarray, "frame y x 3"], displacement: Displacement
) -> dict[str, float]:
    """Return every measure of the table above for one clip.

    Raises:
        ValueError: the clip has fewer than five frames, or another number than the displacement.
    """
    if len(frames) <= SPAN or len(frames) != displacement.frames:
        raise ValueError(
            f"frames: {len(frames)}, displacement: {displacement.frames}; expected the same "
            f"number, at least {SPAN + 1}"
        )
    values = reduced(frames)
    luma = values @ LUMA
    return {
        **warp_errors(values, luma, displacement),
        **temporal(luma),
        "layout": layout(luma),
        "closure": closure(values),
        **following(luma, displacement),
        **sticking(luma, displacement),
    }


def gates(measures: dict[str, float]) -> dict[str, bool]:
    """Return whether the clip was told to move, and whether it does; the other measures count only
    where both hold.
    """
    return {
        "moves": measures["motion"] >= LEAST_MOTION,
        "follows": measures["tof"] <= MOST_TOF,
    }


def reduced(frames: UInt8[np.ndarray, "frame y x 3"]) -> Frames:
    """Return the frames in [0, 1], no wider than 256 pixels."""
    height, width = frames.shape[1:3]
    if width > WIDTH:
        size = (WIDTH, round(height * WIDTH / width))
        frames = np.stack(
            [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]
        )
    return frames.astype(np.float32) / 255


def warp_errors(values: Frames, luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return what is left when the motion is undone, and the motion itself."""
    errors = [_step_errors(values, luma, displacement, step) for step in range(len(values))]
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
        "measured": _difference(carried(values[after], forward), values[step], seen),
        "analytic": _difference(carried(values[after], analytic), values[step]),
        "raw": _difference(values[after], values[step]),
        "motion": scale * float(length(analytic).mean()),
        "motion_measured": scale * float(length(forward).mean()),
    }


def temporal(luma: Lumas) -> dict[str, float]:
    """Return flicker, jerk and contrast."""
    count = len(luma)
    spectrum = np.fft.rfft(luma, axis=0)
    fast = np.fft.rfftfreq(count) > 0.25
    power = 2 * (np.abs(spectrum[fast]) ** 2).sum(0)
    if count % 2 == 0:
        power -= np.abs(spectrum[-1]) ** 2  # the highest frequency has no twin
    steps = np.abs(np.roll(luma, -1, 0) - luma).mean()
    bends = np.abs(np.roll(luma, -1, 0) - 2 * luma + np.roll(luma, 1, 0)).mean()
    return {
        "flicker": 100 * float(np.sqrt(power.mean())) / count,
        "jerk": ratio(float(bends), float(steps)),
        "contrast": 100 * float(luma.std(0).mean()),
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


def following(luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return how far the measured motion over four frames is from the analytic one, and its share
    of it.
    """
    error, size, inner = 0.0, 0.0, 0.0
    square = 0.0
    for step in range(len(luma)):
        analytic = displacement.flow(step, step + SPAN, *luma.shape[1:])
        found = measured(luma[step], luma[(step + SPAN) % len(luma)])
        error += float(length(found - analytic).mean())
        size += float(length(analytic).mean())
        inner += float((found * analytic).mean())
        square += float((analytic * analytic).mean())
    return {"tof": ratio(error, size, empty=1.0), "gain": ratio(inner, square)}


def sticking(luma: Lumas, displacement: Displacement) -> dict[str, float]:
    """Return how well the first frame's detail is found again along the motion, and in place."""
    detail = [
        frame - cv2.GaussianBlur(frame, (0, 0), 2 * frame.shape[1] / WIDTH) for frame in luma
    ]
    back = [displacement.flow(step, 0, *luma.shape[1:]) for step in range(1, len(luma))]
    along = [carried(detail[0][..., None], flow).reshape(luma.shape[1:]) for flow in back]
    advected = float(np.mean([correlation(a, b) for a, b in zip(along, detail[1:], strict=True)]))
    stuck = float(np.mean([correlation(detail[0], b) for b in detail[1:]]))
    return {"advected": advected, "stuck": stuck, "slip": advected - stuck}


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Pearson's correlation; 1 where both are constant, 0 where one is."""
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if size > 1e-12:
        return float((a * b).sum()) / size
    return float(abs(a).max() < 1e-6 and abs(b).max() < 1e-6)


def ratio(over: float, under: float, empty: float = 0.0) -> float:
    """Return over / under, or `empty` where the denominator vanishes."""
    return over / under if under > 1e-12 else empty


def length(field: Field) -> Float32[np.ndarray, "y x"]:
    """Return the length of every vector."""
    return np.sqrt((field * field).sum(-1))


def _difference(one: np.ndarray, other: np.ndarray, where: np.ndarray | None = None) -> float:
    gap = np.abs(one - other).mean(-1)
    kept = gap if where is None else gap[where]
    return float(kept.mean()) if kept.size else 0.0


def _mean(records: list[dict[str, float]], name: str) -> float:
    return float(np.mean([record[name] for record in records]))
