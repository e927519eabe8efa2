"""Water: a lake that mirrors what stands above it, and a sea with rows of waves.

A mirror on the plane y = h shows at y the picture at 2h − y; ripples displace that row by noise
that grows with the distance from the shore. A wave crest runs along constant z (see
`ground`), bent by noise, with foam at its top.
"""

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.pictures.scenery.ground import Canvas, first_row, share, store, tinted
from tasks.pictures.scenery.noise import field, grid, smoothstep
from tasks.pictures.scenery.vocabulary import Colour, mix


def lake(
    rng: np.random.Generator,
    canvas: Canvas,
    horizon: float,
    colours: dict[str, Colour],
    light: float,
) -> None:
    """Paint the mirrored picture, darkened and rippled, with glints and reeds, in place."""
    size, row = len(canvas), first_row(len(canvas), horizon)
    v, (_, x) = share(size, horizon), grid(size)
    ripple = field(rng, (26, 5), (len(v), size), octaves=3, persistence=0.6) - 0.5
    rows = np.arange(len(v), dtype=np.float32)[:, None]
    source_y = np.clip(
        row - 1 - rows * np.float32(0.92) + ripple * v * np.float32(size * 0.10), 0, row - 1
    )
    source_x = np.broadcast_to(x * size - 0.5, source_y.shape) + ripple * v * np.float32(
        size * 0.05
    )
    mirror = cv2.remap(
        canvas,
        source_x.astype(np.float32),
        source_y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    water = mix(tinted("2f78a8", colours, 0.0), colours["sky"] * np.float32(0.8), 0.35)
    painted = mirror + (water - mirror) * (0.3 + 0.3 * v)[..., None]
    streaks = field(rng, (44, 3), painted.shape[:2], octaves=2)
    glint = smoothstep(streaks, 0.66, 0.8) * (0.25 + 0.35 * v)
    glint = glint * np.exp(-((x - np.float32(light)) ** 2) * 5) + 0.28 * glint
    painted += (colours["horizon"] - painted) * np.minimum(glint, 1)[..., None]
    painted[: max(size // 100, 1)] *= np.float32(0.7)
    store(canvas, row, painted)
    reeds(rng, canvas, tinted("3d5a2a", colours, 0.25) * np.float32(0.7))


def reeds(rng: np.random.Generator, canvas: Canvas, tone: Colour) -> None:
    """Draw a bank with reeds in one lower corner, in place."""
    size, left = len(canvas), rng.random() < 0.5
    reach = float(rng.uniform(0.25, 0.5))
    along = np.linspace(0, 1, 24)
    edge = 1 - 0.075 * (1 - along**2) - 0.006 * rng.random(24)
    bank = np.concatenate([np.stack([along * reach, edge], -1), [[reach, 1.1], [-0.1, 1.1]]])
    count = 42
    foot = rng.random(count) ** 1.3 * reach
    tall = rng.uniform(0.03, 0.11, count)
    base = 1 - 0.05 * (1 - (foot / reach) ** 2)
    stems = np.stack(
        [
            np.stack([foot, base], -1),
            np.stack([foot + rng.normal(0, 0.014, count), base - tall], -1),
        ],
        1,
    )
    if not left:
        bank, stems = bank * [-1, 1] + [1, 0], stems * [-1, 1] + [1, 0]
    cv2.fillPoly(
        canvas, [np.rint(bank * size * 16).astype(np.int32)], tone.tolist(), cv2.LINE_AA, 4
    )
    cv2.polylines(
        canvas,
        list(np.rint(stems * size * 16).astype(np.int32)),
        False,
        tone.tolist(),
        max(size // 160, 1),
        cv2.LINE_AA,
        4,
    )


def crests(
    rng: np.random.Generator, v: Float32[np.ndarray, "y 1"], size: int
) -> tuple[Float32[np.ndarray, "y x"], Float32[np.ndarray, "y x"]]:
    """Return the waves' height in [0, 1] (a saw-tooth: slow rise, steep front) and their slow
    breaking noise.
    """
    _, x = grid(size)
    warp = field(rng, (5, 5), (len(v), size), octaves=3, persistence=0.5) - 0.5
    phase = (
        np.float32(9.5) * np.log(v + np.float32(0.07)) / np.float32(np.log(1.07 / 0.07))
        + 1.6 * warp
    )
    phase = phase + 0.12 * np.sin(2 * np.pi * (1.3 * x + rng.uniform(0, 1)))
    return (phase % 1.0).astype(np.float32), field(
        rng, (12, 9), warp.shape, octaves=3, persistence=0.6
    )


def sea(
    rng: np.random.Generator,
    canvas: Canvas,
    horizon: float,
    colours: dict[str, Colour],
    light: float,
) -> None:
    """Paint rows of waves with dark fronts, white foam and the light's path, in place."""
    size, row = len(canvas), first_row(len(canvas), horizon)
    v, (_, x) = share(size, horizon), grid(size)
    height, breaking = crests(rng, v, size)
    deep, shallow = tinted("124f80", colours, 0.0), tinted("3fa5b8", colours, 0.0)
    shallow = mix(shallow, colours["sky"], 0.25)
    rise = height**2 * (0.45 + 0.55 * v)
    far = mix(deep, colours["horizon"], 0.3)
    tone = far + (deep - far) * smoothstep(v, 0.0, 0.25)[..., None]
    painted = tone + (shallow - tone) * rise[..., None]
    foam = smoothstep(height, 0.8, 0.97) * smoothstep(breaking, 0.42, 0.58)
    foam = np.maximum(foam, 0.5 * smoothstep(breaking, 0.6, 0.8) * smoothstep(height, 0.4, 0.9))
    white = colours["light"] * np.float32(0.97)
    painted += (white - painted) * (foam * (0.35 + 0.65 * smoothstep(v, 0.0, 0.3)))[..., None]
    path = np.exp(-(((x - np.float32(light)) / (0.06 + 0.12 * v)) ** 2)) * smoothstep(
        breaking + 0.3 * height, 0.5, 0.8
    )
    painted += (colours["sun"] - painted) * (0.6 * path)[..., None]
    store(canvas, row, painted)
