"""When a shot shows which moment of its motion, and how strongly.

The motion is a loop of P frames. Frame k of the shot shows it at the time τ_k with the share a_k
of its amplitude:

    τ_0 = 0,    τ_{k+1} = τ_k + v_k,    0 ≤ a_k ≤ 1.

With a speed s_k that varies, v_k = c s_k, where c makes the whole shot a whole number of turns,
the nearest one but at least one, so that a shot still closes.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64


@dataclass(frozen=True, eq=False)
class Schedule:
    """`time` τ in frames of the loop, `amplitude` a in [0, 1]."""

    time: Float64[np.ndarray, " frame"]
    amplitude: Float64[np.ndarray, " frame"]


def times(
    frames: int, period: int, turns: int, speed: Float64[np.ndarray, " frame"] | None
) -> Float64[np.ndarray, " frame"]:
    """Return τ of every frame, in [0, `period`): `turns` of the loop at even speed, otherwise as
    many as `speed` (1 is the even one) comes nearest to.
    """
    if speed is None:
        return np.arange(frames) * (turns * period) % (frames * period) / frames
    total = speed.sum()
    whole = max(1.0, np.rint(turns * total / frames)) if total > 0 else 0.0
    before = np.concatenate([[0.0], np.cumsum(speed)[:-1]])
    return (period * whole / max(total, 1e-12) * before) % period
