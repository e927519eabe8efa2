"""Snow and sand: what the wind heaps up, in the perspective of `ground`.

A drift or a dune is a crest line v = c(x); below it the ground is shaded until the next crest.
A dune has a light and a dark side that meet in a bent edge; ripples run across it.
"""

import cv2
import numpy as np

from tasks.pictures.scenery.ground import Canvas, first_row, perspective, share, store, tinted
from tasks.pictures.scenery.noise import field, grid, smoothstep
from tasks.pictures.scenery.vocabulary import Colour, colour, mix


def snow(
    rng: np.random.Generator,
    canvas: Canvas,
    horizon: float,
    colours: dict[str, Colour],
    light: float,
) -> None:
    """Paint drifts with blue shadows under their crests, sparkles and a trail of footprints, in
    place.
    """
    size, row = len(canvas), first_row(len(canvas), horizon)
    v, (_, x) = share(size, horizon), grid(size)
    pale = {**colours, "light": mix(colours["light"], colour("ffffff"), 0.45)}
    white, blue = tinted("fbfdff", pale, 0.08), tinted("86aadc", pale, 0.08)
    shade = np.zeros((len(v), size), np.float32)
    for start in (0.0, 0.14, 0.36, 0.66):
        phase, waves = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.4)
        crest = np.float32(start) + np.float32(0.05 + 0.1 * start) * np.sin(
            np.float32(2 * np.pi * waves) * x + phase
        )
        below = (v - crest) / np.float32(0.05 + 0.28 * start)
        shade = np.where(below > 0, 0.62 * np.exp(-2.2 * np.maximum(below, 0)), shade)
    patches = perspective(rng, (6, 6), size, v)
    alpha = np.clip(shade + 0.5 * patches + 0.1, 0, 1)[..., None]
    store(canvas, row, white + (blue - white) * alpha)
    sparkles(rng, canvas[row:])
    footprints(rng, canvas, horizon, blue * np.float32(0.86))


def sparkles(rng: np.random.Generator, ground: Canvas) -> None:
    """Brighten single grains of snow, in place."""
    count, (rows, size) = 160, ground.shape[:2]
    reach = max(size // 128, 1)
    y = (rng.random(count) * (rows - reach)).astype(int)
    x = (rng.random(count) * (size - reach)).astype(int)
    for step in np.ndindex(reach, reach):
        ground[y + step[0], x + step[1]] = 255 - (255 - ground[y + step[0], x + step[1]]) // 3


def footprints(rng: np.random.Generator, canvas: Canvas, horizon: float, tone: Colour) -> None:
    """Draw a winding trail of footprints from the lower edge towards the horizon, in place."""
    size, start, bend = len(canvas), rng.uniform(0.2, 0.8), rng.uniform(-0.35, 0.35)
    for index in range(22):
        v = float(0.94 * 0.86**index)
        x = (
            start
            + bend * (1 - v) ** 1.5
            + 0.05 * np.sin(5 * v)
            + (0.016 if index % 2 else -0.016) * (0.2 + v)
        )
        centre = (round(x * size * 16), round((horizon + (1 - horizon) * v) * size * 16))
        axes = tuple(max(round(axis * (0.25 + v) * size * 16), 8) for axis in (0.0065, 0.0105))
        outline = cv2.ellipse2Poly((0, 0), axes, 0, 0, 360, 40)
        cv2.fillPoly(canvas, [np.asarray(outline) + centre], tone.tolist(), cv2.LINE_AA, 4)


def sand_dunes(
    rng: np.random.Generator,
    canvas: Canvas,
    horizon: float,
    colours: dict[str, Colour],
    light: float,
) -> None:
    """Paint dunes with a sharp crest between a light and a dark side, and wind ripples, in
    place.
    """
    size, row = len(canvas), first_row(len(canvas), horizon)
    v, (_, x) = share(size, horizon), grid(size)
    bright, dark = tinted("f6d190", colours, 0.1), tinted("8f5a2c", colours, 0.1)
    lit = np.full((len(v), size), 0.8, np.float32)
    warp = field(rng, (3, 4), lit.shape, octaves=2) - 0.5
    sunward = 1.0 if light < 0.5 else -1.0
    for start in (0.0, 0.2, 0.55):
        peak, spread = rng.uniform(0.1, 0.9), rng.uniform(0.22, 0.4)
        bump = np.exp(-(np.abs((x - np.float32(peak)) / np.float32(spread)) ** 1.5))
        crest = np.float32(start + 0.08) - np.float32(0.15 + 0.3 * start) * bump
        depth = v - crest
        bend = np.sin(np.float32(3.2) * depth / np.float32(0.2 + 0.5 * start))
        edge = (
            np.float32(sunward) * (x - np.float32(peak))
            + 0.12 * bend
            - 0.55 * depth
            + 0.2 * warp * depth
        )
        side = smoothstep(edge, -0.01, 0.01) * smoothstep(-depth, -0.24 - 0.4 * start, 0.0)
        lit = np.where(depth > 0, 1.0 - 0.85 * side - 0.35 * np.clip(depth, 0, 1), lit)
    ripples = np.sin(
        (v + 0.06 * warp + 0.03 * np.sin(9 * x + 5 * v)) * np.float32(2 * np.pi * 17) / (0.35 + v)
    )
    lit += 0.15 * ripples * smoothstep(v, 0.02, 0.3)
    store(canvas, row, dark + (bright - dark) * lit[..., None])
