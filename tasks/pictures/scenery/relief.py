"""Relief: layers of ridges from far to near, each paler the further it is (aerial perspective).

Layer k of n has a skyline y = s(x); below it lies the colour mix(relief, haze, (n − k)/n). The
faces of a mountain are lit by the slope of its own skyline, carried down the flank and bent by
noise, so that spurs run down from the peaks.
"""

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.pictures.scenery.noise import field, grid, profile, smoothstep
from tasks.pictures.scenery.vocabulary import Colour, colour, mix

Layer = Float32[np.ndarray, "y x channel"]
Line = Float32[np.ndarray, " x"]


def cover(canvas: Layer, skyline: Line, tone: Float32[np.ndarray, "..."], top: int) -> None:
    """Paint `tone` (broadcast over rows from `top` on) below the skyline, with a soft edge, in
    place.
    """
    size = canvas.shape[1]
    y, _ = grid(size)
    part = canvas[top:]
    alpha = np.clip((y[top : canvas.shape[0]] - skyline) * size + 0.5, 0, 1)[..., None]
    part += (tone - part) * alpha


def first_row(skyline: Line) -> int:
    """Return the highest row that a skyline reaches."""
    return max(int(skyline.min() * len(skyline)) - 1, 0)


def flank(rng: np.random.Generator, skyline: Line, rows: slice) -> Float32[np.ndarray, "y x"]:
    """Return the light on a mountain's faces in [-1, 1]: the slope above, carried down."""
    size = len(skyline)
    y, x = grid(size)
    depth = y[rows] - skyline
    bend = field(rng, (4, 6), depth.shape, octaves=4, persistence=0.6) - 0.5
    source = x + bend * (0.05 + 1.1 * np.maximum(depth, 0))
    slope = cv2.GaussianBlur(
        np.gradient(skyline)[None].astype(np.float32) * size, (0, 0), size / 100
    )[0]
    light = slope[np.clip(source * size, 0, size - 1).astype(np.int32)]
    return np.clip(light * 1.4 + bend * 0.6, -1, 1)


def mountains(
    rng: np.random.Generator, canvas: Layer, horizon: float, colours: dict[str, Colour]
) -> None:
    """Paint two or three ranges with lit faces and snow on the highest, in place."""
    size, count = canvas.shape[1], int(rng.integers(2, 4))
    snowy = rng.random() < 0.75
    for layer in range(count):
        share = layer / max(count - 1, 1)
        tall = float(rng.uniform(0.24, 0.36)) * (1 - 0.6 * share)
        line = profile(rng, 4 + layer, size, octaves=5, persistence=0.42)
        skyline = np.float32(horizon + 0.01) - np.float32(tall) * (0.12 + 0.88 * line)
        top = first_row(skyline)
        light = flank(rng, skyline, slice(top, canvas.shape[0]))
        tone = mix(colours["haze"], colours["relief"], 0.35 + 0.5 * share)
        painted = tone * (1 + 0.42 * light)[..., None]
        if snowy and layer == 0:
            painted = snowcap(painted, skyline, light, top, (horizon - 0.5 * tall, colours))
        cover(canvas, skyline, painted, top)


def snowcap(
    painted: Layer,
    skyline: Line,
    light: Float32[np.ndarray, "y x"],
    top: int,
    snow: tuple[float, dict[str, Colour]],
) -> Layer:
    """Return the flank with snow above the snow line, ragged along its lit and dark faces."""
    level, colours = snow
    y, _ = grid(len(skyline))
    rows = y[top : top + len(light)]
    white = colours["light"] * np.float32(0.98)
    alpha = smoothstep(np.float32(level) - rows + 0.05 * light, -0.012, 0.012)[..., None]
    return painted + (white * (0.82 + 0.24 * light)[..., None].clip(0, 1.04) - painted) * alpha


def hills(
    rng: np.random.Generator, canvas: Layer, horizon: float, colours: dict[str, Colour]
) -> None:
    """Paint three or four round layers, each lighter at its crest, in place."""
    size, count = canvas.shape[1], int(rng.integers(3, 5))
    y, x = grid(size)
    for layer in range(count):
        share = layer / (count - 1)
        tall = 0.17 * (1 - 0.72 * share) + float(rng.uniform(0, 0.03))
        phase, waves = rng.uniform(0, 2 * np.pi, 2), rng.uniform(1.0, 2.3, 2) * (1, 2.1)
        shape = 0.5 + 0.36 * np.sin(2 * np.pi * waves[0] * x[0] + phase[0])
        shape = shape + 0.14 * np.sin(2 * np.pi * waves[1] * x[0] + phase[1])
        skyline = (horizon + 0.01 - tall * (0.15 + 0.85 * shape)).astype(np.float32)
        top = first_row(skyline)
        tone = mix(colours["haze"], colours["relief"], 0.3 + 0.6 * share)
        depth = np.maximum(y[top : canvas.shape[0]] - skyline, 0)
        patches = field(rng, (6, 10), depth.shape, octaves=3) - 0.5
        cover(canvas, skyline, tone * (1.16 - 2.2 * depth + 0.4 * patches)[..., None], top)


def cliffs(
    rng: np.random.Generator, canvas: Layer, horizon: float, colours: dict[str, Colour]
) -> None:
    """Paint a far and a near wall of rock with flat tops and steep ends, in place."""
    size = canvas.shape[1]
    y, x = grid(size)
    flip = rng.random() < 0.5
    for layer, (tall, reach) in enumerate(((0.17, 0.85), (0.34, 0.55))):
        ends = np.sort(rng.uniform(0.15, 1.0, 2))[::-1] * reach
        steps = 0.62 * smoothstep(-x[0], -ends[0], -ends[0] + 0.035) + 0.38 * smoothstep(
            -x[0], -ends[1], -ends[1] + 0.03
        )
        steps = steps[::-1] if flip else steps
        rough = profile(rng, 8, size, octaves=4, persistence=0.7)
        skyline = horizon + 0.02 - np.float32(tall) * steps * (1 - 0.09 * rough)
        skyline = skyline.astype(np.float32)
        top = first_row(skyline)
        stone = mix(colours["relief"], colour("b3a18c") * colours["light"] / 255, 0.5)
        tone = mix(colours["haze"], stone, 0.5 + 0.4 * layer)
        depth = y[top : canvas.shape[0]] - skyline
        turf = smoothstep(-depth, -0.024, -0.014)[..., None] * np.float32(0.8)
        rock = tone * rock_face(rng, depth, tall)[..., None]
        cover(canvas, skyline, rock + (mix(tone, colours["ground"], 0.8) - rock) * turf, top)


def rock_face(
    rng: np.random.Generator, depth: Float32[np.ndarray, "y x"], tall: float
) -> Float32[np.ndarray, "y x"]:
    """Return the light on a wall of rock, about 1: buttresses, thin beds, scree below."""
    size = depth.shape[1]
    _, x = grid(size)
    bend = field(rng, (5, 8), depth.shape, octaves=3) - 0.5
    pillars = profile(rng, 9, size, octaves=4, persistence=0.75)
    slope = np.clip(
        np.gradient(cv2.GaussianBlur(pillars[None], (0, 0), size / 200)[0]) * (size / 14), -1, 1
    )
    face = slope[np.clip((x + 0.05 * bend) * size, 0, size - 1).astype(np.int32)]
    beds = np.sin((depth / np.float32(tall) + 0.16 * bend) * np.float32(2 * np.pi * 5.5))
    scree = smoothstep(depth, 0.55 * tall, 0.95 * tall)
    return (1.0 + (0.3 * face + 0.09 * beds) * (1 - 0.7 * scree) + 0.25 * bend).astype(np.float32)


def flat(
    rng: np.random.Generator, canvas: Layer, horizon: float, colours: dict[str, Colour]
) -> None:
    """Paint a thin far line of land, in place."""
    line = profile(rng, 12, canvas.shape[1], octaves=4, persistence=0.6)
    skyline = np.float32(horizon + 0.004) - np.float32(0.022) * line
    cover(canvas, skyline, mix(colours["haze"], colours["relief"], 0.45), first_row(skyline))


RELIEF = {"mountains": mountains, "hills": hills, "cliffs": cliffs, "flat": flat}
