"""Things in a landscape: trees, a house, a boat, birds. Each is a few polygons, drawn with
anti-aliased edges.

Positions are in units of the picture's side, x to the right and y down; a thing stands on its foot
(x, y).
"""

import numpy as np

from tasks.pictures.scenery.ground import Canvas
from tasks.pictures.scenery.strokes import Point, dot, frame, line, polygon
from tasks.pictures.scenery.vocabulary import Colour, colour, mix


def pine(
    rng: np.random.Generator, canvas: Canvas, foot: Point, tall: float, colours: dict[str, Colour]
) -> None:
    """Draw a pine of four tiers, dark on one side, with snow where the palette's ground is white,
    in place.
    """
    x, y = foot
    own = colour("1e5a38") * colours["light"] / 255
    dark = mix(own, colours["foliage"], 0.25) * np.float32(rng.uniform(0.7, 0.9))
    bark = colour("5a3c22") * colours["light"] / 255
    polygon(
        canvas,
        [
            (x - 0.05 * tall, y),
            (x - 0.04 * tall, y - 0.25 * tall),
            (x + 0.04 * tall, y - 0.25 * tall),
            (x + 0.05 * tall, y),
        ],
        bark,
    )
    snowy = float(colours["ground"].min()) > 200
    for tier in range(4):
        low = y - (0.14 + 0.19 * tier) * tall
        high, half = low - (0.36 - 0.02 * tier) * tall, (0.3 - 0.058 * tier) * tall
        polygon(
            canvas, [(x, high), (x + half, low), (x, low + 0.03 * tall), (x - half, low)], dark
        )
        lit = mix(colours["light"], dark, 0.15) if snowy else dark * np.float32(1.55) + 10
        polygon(canvas, [(x, high), (x - 0.25 * half, low - 0.02 * tall), (x - half, low)], lit)


def round_tree(
    rng: np.random.Generator, canvas: Canvas, foot: Point, tall: float, colours: dict[str, Colour]
) -> None:
    """Draw a trunk with a crown of overlapping discs, lighter to the upper left, in place."""
    x, y = foot
    leaf = mix(colour("4f9a3a") * colours["light"] / 255, colours["foliage"], 0.85) * np.float32(
        rng.uniform(0.85, 1.1)
    )
    bark = colour("5f432a") * colours["light"] / 255
    polygon(
        canvas,
        [
            (x - 0.065 * tall, y),
            (x - 0.035 * tall, y - 0.5 * tall),
            (x + 0.035 * tall, y - 0.5 * tall),
            (x + 0.065 * tall, y),
        ],
        bark,
    )
    places = (
        (-0.22, -0.5, 0.2),
        (0.22, -0.5, 0.2),
        (0.0, -0.55, 0.26),
        (-0.13, -0.74, 0.21),
        (0.13, -0.74, 0.21),
    )
    for across, up, radius in places:
        dot(canvas, (x + across * tall, y + up * tall), radius * tall, leaf * np.float32(0.72))
    for across, up, radius in places:
        dot(
            canvas,
            (x + (across - 0.035) * tall, y + (up - 0.035) * tall),
            radius * tall * 0.82,
            leaf,
        )
    for _ in range(5):
        spot = (x + rng.uniform(-0.26, 0.1) * tall, y + rng.uniform(-0.85, -0.5) * tall)
        dot(canvas, spot, 0.065 * tall, mix(leaf, colours["light"], 0.3))


def house(
    rng: np.random.Generator, canvas: Canvas, foot: Point, wide: float, colours: dict[str, Colour]
) -> None:
    """Draw a cottage: gable, side wall, roof, chimney, door and windows (lit at night), in
    place.
    """
    tint = colours["light"] / 255
    wall = colour(("f3e3c8", "f7f2ea", "e9c9a0")[int(rng.integers(3))]) * tint
    roof = colour(("b23a2a", "8a4a2e", "5a4a52")[int(rng.integers(3))]) * tint
    pane = colour("ffd75e") if float(colours["light"].mean()) < 170 else colour("4a6a8a") * tint
    at = frame(foot, wide)
    polygon(
        canvas,
        [at(-0.5, 0.0), at(-0.5, 0.42), at(-0.28, 0.72), at(-0.06, 0.42), at(-0.06, 0.0)],
        wall,
    )
    polygon(
        canvas,
        [at(-0.06, 0.0), at(-0.06, 0.42), at(0.5, 0.42), at(0.5, 0.0)],
        wall * np.float32(0.8),
    )
    polygon(
        canvas,
        [at(0.24, 0.6), at(0.24, 0.88), at(0.34, 0.88), at(0.34, 0.6)],
        wall * np.float32(0.6),
    )
    polygon(canvas, [at(-0.28, 0.76), at(0.36, 0.76), at(0.57, 0.4), at(-0.04, 0.4)], roof)
    polygon(
        canvas,
        [at(-0.28, 0.76), at(-0.56, 0.4), at(-0.5, 0.38), at(-0.28, 0.68)],
        roof * np.float32(0.75),
    )
    polygon(
        canvas,
        [at(-0.34, 0.0), at(-0.34, 0.27), at(-0.2, 0.27), at(-0.2, 0.0)],
        roof * np.float32(0.6),
    )
    for left in (0.06, 0.28):
        polygon(
            canvas,
            [at(left, 0.14), at(left, 0.31), at(left + 0.14, 0.31), at(left + 0.14, 0.14)],
            pane,
        )
    polygon(canvas, [at(-0.33, 0.4), at(-0.33, 0.52), at(-0.22, 0.52), at(-0.22, 0.4)], pane)


def boat(
    rng: np.random.Generator, canvas: Canvas, foot: Point, wide: float, colours: dict[str, Colour]
) -> None:
    """Draw a sailing boat and its pale reflection, in place."""
    tint = colours["light"] / 255
    hull = colour(("8a3b1e", "b02a2a", "2a3f66")[int(rng.integers(3))]) * tint
    sail = colour(("ffffff", "fff0d0", "f2b8a0")[int(rng.integers(3))]) * np.maximum(tint, 0.45)
    side = 1 if rng.random() < 0.5 else -1
    at = frame(foot, wide, side)
    for ripple in range(4):
        low, half = -0.05 - 0.085 * ripple, 0.36 - 0.07 * ripple
        line(canvas, [at(-half, low), at(half, low)], 0.03 * wide, mix(sail, hull, 0.45))
    polygon(canvas, [at(0.0, 0.17), at(0.0, 1.02), at(0.42, 0.22)], sail)
    polygon(canvas, [at(-0.05, 0.2), at(-0.05, 0.9), at(-0.36, 0.24)], sail * np.float32(0.84))
    line(canvas, [at(-0.025, 0.1), at(-0.025, 1.06)], 0.03 * wide, hull * np.float32(0.6))
    polygon(canvas, [at(-0.5, 0.17), at(0.55, 0.19), at(0.36, -0.03), at(-0.36, -0.03)], hull)
    polygon(
        canvas,
        [at(-0.5, 0.17), at(0.55, 0.19), at(0.51, 0.13), at(-0.47, 0.12)],
        mix(hull, colours["light"], 0.6),
    )


def birds(
    rng: np.random.Generator, canvas: Canvas, horizon: float, colours: dict[str, Colour]
) -> None:
    """Draw a loose flock of birds with curved wings in the sky, in place."""
    middle = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.6) * horizon)
    pale = float(colours["sky"].mean()) < 90
    tone = (
        colours["cloud"] * np.float32(1.5)
        if pale
        else mix(colours["relief"], colour("141820"), 0.75)
    )
    for _ in range(int(rng.integers(5, 9))):
        x, y = middle[0] + rng.normal(0, 0.16), max(middle[1] + rng.normal(0, 0.07), 0.03)
        wing, lift = rng.uniform(0.024, 0.04), rng.uniform(0.3, 0.6)
        shape = [
            (-1, -lift * 0.55),
            (-0.6, -lift),
            (-0.25, -0.6 * lift),
            (0, 0),
            (0.25, -0.6 * lift),
            (0.6, -lift),
            (1, -lift * 0.55),
        ]
        line(canvas, [(x + a * wing, y + b * wing) for a, b in shape], 0.006, tone)
