"""Grounds in perspective, each with its own texture: meadow and wheat field.

Snow and sand are in `drifts`, water in `water`.

With v in (0, 1] the share of the way from the horizon to the lower edge, the ground plane has the
depth and the breadth

    z = 1 / (v + v₀),    u = (x − x₀) z,

so a texture in (u, z) shrinks towards the horizon. A texture is faded where it would be finer than
a pixel.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.pictures.scenery.noise import field, grid, smoothstep
from tasks.pictures.scenery.vocabulary import Colour, colour, mix

Canvas = UInt8[np.ndarray, "y x channel"]
Plane = Float32[np.ndarray, "y x"]

NEAREST = np.float32(0.12)


def tinted(code: str, colours: dict[str, Colour], weight: float = 0.4) -> Colour:
    """Return a ground's own colour in the palette's light, drawn towards the palette's ground."""
    return mix(colour(code) * colours["light"] / 255, colours["ground"], weight)


def first_row(size: int, horizon: float) -> int:
    """Return the first row of the ground."""
    return int(horizon * size)


def share(size: int, horizon: float) -> Float32[np.ndarray, "y 1"]:
    """Return v, the share of the way from the horizon (0) to the lower edge (1)."""
    y, _ = grid(size)
    return np.maximum(
        (y[first_row(size, horizon) :] - np.float32(horizon)) / np.float32(1 - horizon), 0
    )


def perspective(
    rng: np.random.Generator,
    texture: tuple[int, int],
    size: int,
    v: Float32[np.ndarray, "y 1"],
    breadth: float = 1.0,
) -> Plane:
    """Return noise on the ground plane, seen in perspective, in about [-0.5, 0.5]."""
    noise = field(rng, texture, (256, 256), octaves=3, persistence=0.6) - 0.5
    _, x = grid(size)
    depth = 1 / (v + NEAREST)
    across = (((x - 0.5) * depth * np.float32(breadth * 32) + 128) % 255).astype(np.float32)
    along = np.broadcast_to((depth * 30) % 255, across.shape).astype(np.float32)
    return cv2.remap(noise, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def store(canvas: Canvas, row: int, painted: Float32[np.ndarray, "row x channel"]) -> None:
    """Write a painted ground into the canvas from `row` on, in place."""
    np.clip(painted, 0, 255, out=painted)
    canvas[row:] = painted


def meadow(
    rng: np.random.Generator, canvas: Canvas, horizon: float, colours: dict[str, Colour], _: float
) -> None:
    """Paint grass with patches of light, blades that grow towards the viewer, and flowers, in
    place.
    """
    size, row = len(canvas), first_row(len(canvas), horizon)
    v = share(size, horizon)
    near, far = tinted("3f8a34", colours, 0.5), tinted("8fc25a", colours, 0.5)
    patches = perspective(rng, (10, 10), size, v)
    grain = field(rng, (24, 64), patches.shape, octaves=2) - 0.5
    tone = far + (near - far) * smoothstep(v, 0.0, 0.9)[..., None]
    store(canvas, row, tone * (1 + 0.4 * patches + 0.5 * grain * (0.3 + v))[..., None])
    blades(rng, canvas, horizon, (near * np.float32(0.72), far * np.float32(1.1)))
    flowers(rng, canvas, horizon, colours)


def blades(
    rng: np.random.Generator, canvas: Canvas, horizon: float, tones: tuple[Colour, Colour]
) -> None:
    """Draw bent blades of grass in two tones, in place."""
    size = len(canvas)
    for tone, count in zip(tones, (170, 130), strict=True):
        v = np.sort(rng.random(count) ** 0.75)
        foot = np.stack([rng.random(count), horizon + (1 - horizon) * v * 1.03], axis=-1)
        tip = foot + np.stack([rng.normal(0, 0.012, count), -(0.006 + 0.05 * v)], axis=-1) * [1, 1]
        middle = (foot + tip) / 2 + np.stack([np.zeros(count), -0.006 * v], axis=-1)
        strokes = np.stack([foot, middle, tip], axis=1)
        pixels = np.rint(strokes * size * 16).astype(np.int32)
        cv2.polylines(
            canvas, list(pixels), False, tone.tolist(), max(size // 192, 1), cv2.LINE_AA, 4
        )


def flowers(
    rng: np.random.Generator, canvas: Canvas, horizon: float, colours: dict[str, Colour]
) -> None:
    """Draw flowers of one colour and some white ones, larger towards the viewer, in place."""
    size, count = len(canvas), int(rng.integers(45, 90))
    kinds = ("ffe14a", "ff5a5a", "d86bd8", "ff9a3a")
    main = colour(kinds[int(rng.integers(len(kinds)))]) * colours["light"] / 255
    v = np.sort(rng.random(count))
    across, white = rng.random(count), rng.random(count) < 0.3
    for index in range(count):
        centre = (
            round(float(across[index]) * size * 16),
            round((horizon + (1 - horizon) * float(v[index])) * size * 16),
        )
        tone = colours["light"] if white[index] else main
        cv2.circle(
            canvas,
            centre,
            round((0.0022 + 0.0085 * v[index]) * size * 16),
            tone.tolist(),
            -1,
            cv2.LINE_AA,
            4,
        )


def wheat_field(
    rng: np.random.Generator, canvas: Canvas, horizon: float, colours: dict[str, Colour], _: float
) -> None:
    """Paint golden rows that meet in a vanishing point, with ears as grain, in place."""
    size, row = len(canvas), first_row(len(canvas), horizon)
    v, x = share(size, horizon), grid(size)[1]
    vanishing, rows = float(rng.uniform(0.15, 0.85)), float(rng.uniform(1.5, 2.1))
    across = (x - np.float32(vanishing)) / (v + np.float32(0.09))
    wave = np.cos(np.float32(2 * np.pi * rows) * across)
    fade = smoothstep(v, 0.01, 0.16)
    furrow = smoothstep(wave, -0.95, 0.1) * fade + (1 - fade) * 0.75
    ears = field(rng, (40, 120), wave.shape, octaves=2) - 0.5
    patches = perspective(rng, (8, 8), size, v)
    gold, soil = tinted("f4c23c", colours, 0.15), tinted("8f5f22", colours, 0.25)
    tone = soil + (gold - soil) * furrow[..., None]
    store(canvas, row, tone * (1 + 0.22 * patches + (0.25 + 0.75 * v) * ears)[..., None])
