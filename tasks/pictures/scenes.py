"""Procedural landscapes with captions.

A scene is drawn back to front, as a painter would: sky, light, clouds, relief, what stands on the
shore, ground, things, birds, fog. It is drawn at twice the size and averaged over 2 x 2 pixels.
All random numbers come from the seed and none depends on the size, so `draw(seed, 64)` and
`draw(seed, 256)` show the same scene.
"""

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from tasks.core.random import generator
from tasks.pictures.scenery import (
    drifts,
    ground,
    objects,
    relief,
    sky,
    strokes,
    water,
)
from tasks.pictures.scenery.composition import Scene, describe
from tasks.pictures.scenery.noise import field, grid
from tasks.pictures.scenery.vocabulary import COLOURS, WATER, Colour

Canvas = UInt8[np.ndarray, "y x channel"]
Picture = UInt8[np.ndarray, "y x channel"]

OVERSAMPLING = 2
GROUND: dict[
    str, Callable[[np.random.Generator, Canvas, float, dict[str, Colour], float], None]
] = {
    "lake": water.lake,
    "sea": water.sea,
    "meadow": ground.meadow,
    "wheat field": ground.wheat_field,
    "snow": drifts.snow,
    "sand dunes": drifts.sand_dunes,
}


def backdrop(
    rng: np.random.Generator, scene: Scene, colours: dict[str, Colour], size: int
) -> Canvas:
    """Return the sky and the relief, as far as the lower edge."""
    canvas = sky.gradient(size, colours, scene.horizon)
    upper = canvas[: int(size * scene.horizon) + size // 20]
    if "stars" in scene.extras:
        sky.stars(rng, upper)
    if "big sun" in scene.extras:
        sky.sun(upper, scene.light, float(rng.uniform(0.085, 0.13)), colours["sun"])
    if "moon" in scene.extras:
        sky.moon(rng, upper, scene.light, float(rng.uniform(0.06, 0.09)), colours["sun"])
    if "clouds" in scene.extras:
        sky.clouds(rng, upper, colours["cloud"], colours["shade"])
    relief.RELIEF[scene.relief](rng, upper, scene.horizon, colours)
    return np.clip(canvas, 0, 255).astype(np.uint8)


def clear(
    across: Float[np.ndarray, " tree"], before: Bool[np.ndarray, " tree"], home: float
) -> Float[np.ndarray, " tree"]:
    """Return the trees' places, those before the house moved to its sides."""
    offset = across - home
    aside = home + np.copysign(0.17 + 0.6 * np.abs(offset), offset)
    return np.where(before & (np.abs(offset) < 0.17), aside, across)


def stand(
    rng: np.random.Generator, scene: Scene, colours: dict[str, Colour], canvas: Canvas
) -> None:
    """Draw trees and house from far to near, those at water on its far shore, in place."""
    shore, away = scene.ground in WATER, 1.0 if scene.light[0] < 0.5 else -1.0
    things: list[tuple[float, float, Callable[..., None], float]] = []
    home, home_v = (
        float(rng.uniform(0.18, 0.82)),
        0.02 if shore else float(rng.uniform(0.12, 0.36)),
    )
    for word, kind, tall in (
        ("pine trees", objects.pine, 0.24),
        ("round trees", objects.round_tree, 0.2),
    ):
        if word in scene.extras:
            middle, count = rng.uniform(0.1, 0.9), int(rng.integers(4, 9))
            near = np.full(count, 0.02) if shore else rng.uniform(0.03, 0.5, count)
            across = np.clip(rng.normal(middle, 0.22, count), 0.02, 0.98)
            if "house" in scene.extras:
                across = clear(across, near >= home_v, home)
            for v, x in zip(near, across, strict=True):
                things.append(
                    (
                        float(v),
                        float(x),
                        kind,
                        tall * (0.62 + 1.1 * float(v)) * rng.uniform(0.8, 1.2),
                    )
                )
    if "house" in scene.extras:
        wide = float(rng.uniform(0.19, 0.23)) * (0.9 + 0.7 * home_v)
        things.append((home_v + 0.01, home, objects.house, wide))
    for v, x, kind, extent in sorted(things, key=lambda thing: thing[:2]):
        foot = (x, scene.horizon + (1 - scene.horizon) * v)
        if not shore:
            strokes.shadow(canvas, foot, extent * 0.5, away)
        kind(rng, canvas, foot, extent, colours)


def fog(rng: np.random.Generator, canvas: Canvas, horizon: float, tone: Colour) -> None:
    """Lay drifting banks of fog around the horizon, in place."""
    size = len(canvas)
    y, _ = grid(size)
    band = np.exp(-(((y - np.float32(horizon - 0.02)) / np.float32(0.15)) ** 2))
    drift = field(rng, (7, 2), (size, size), octaves=4, persistence=0.55)
    alpha = np.clip(band * (0.25 + 1.25 * drift), 0, 0.93)[..., None]
    canvas[:] = canvas + (tone - canvas) * alpha


def draw(seed: int, size: int = 128) -> tuple[Picture, str]:
    """Return the scene of a seed (≥ 0) as sRGB of `size` (≥ 32) pixels a side, and its caption."""
    if size < 32:
        raise ValueError(f"size must be at least 32, not {size}")
    scene, how = describe(generator(seed, "scene")), generator(seed, "drawing")
    colours = COLOURS[scene.palette]
    canvas = backdrop(how, scene, colours, size * OVERSAMPLING)
    ground = GROUND[scene.ground]
    if scene.ground in WATER:
        stand(how, scene, colours, canvas)
        ground(how, canvas, scene.horizon, colours, scene.light[0])
    else:
        ground(how, canvas, scene.horizon, colours, scene.light[0])
        stand(how, scene, colours, canvas)
    if "boat" in scene.extras:
        v = float(how.uniform(0.2, 0.55))
        foot = (float(how.uniform(0.18, 0.82)), scene.horizon + (1 - scene.horizon) * v)
        objects.boat(how, canvas, foot, 0.15 + 0.14 * v, colours)
    if "birds" in scene.extras:
        objects.birds(how, canvas, scene.horizon, colours)
    if "fog" in scene.extras:
        fog(how, canvas, scene.horizon, colours["horizon"])
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA), scene.caption()
