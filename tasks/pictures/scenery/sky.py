"""The sky: a gradient of three colours, a glow around the light, stars, the disc of sun or moon,
and clouds.

Clouds are noise thresholded softly; a cloud is bright where it is thinner above than here (lit
from above),

    lit = ½ + k·(density(y) − density(y − δ)).
"""

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.pictures.scenery.noise import field, grid, smoothstep
from tasks.pictures.scenery.vocabulary import Colour

Layer = Float32[np.ndarray, "y x channel"]


def gradient(size: int, colours: dict[str, Colour], horizon: float) -> Layer:
    """Return the sky from zenith to horizon over a whole picture, in [0, 255]."""
    y, _ = grid(size)
    stops = (0.0, horizon * 0.55, horizon)
    names = ("zenith", "sky", "horizon")
    column = [np.interp(y[:, 0], stops, [colours[name][c] for name in names]) for c in range(3)]
    column = np.stack(column, axis=-1).astype(np.float32)
    return np.repeat(column[:, None], size, axis=1)


def glow(
    canvas: Layer, centre: tuple[float, float], radius: float, tone: Colour, strength: float
) -> None:
    """Blend towards `tone` by strength / (1 + d²/radius²)² around the centre (x, y), in place."""
    y, x = grid(canvas.shape[1])
    y = y[: canvas.shape[0]]
    distance = ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) * np.float32(1 / radius**2)
    alpha = np.float32(strength) / (1 + distance) ** 2
    canvas += (tone - canvas) * alpha[..., None]


def disc(canvas: Layer, centre: tuple[float, float], radius: float, tone: Colour) -> None:
    """Draw a disc with an edge of one pixel, in place; touches its bounding box only."""
    rows, size = canvas.shape[:2]
    low_x, high_x = (
        int(np.clip(v * size, 0, size))
        for v in (centre[0] - radius - 0.02, centre[0] + radius + 0.02)
    )
    low_y, high_y = (
        int(np.clip(v * size, 0, rows))
        for v in (centre[1] - radius - 0.02, centre[1] + radius + 0.02)
    )
    y, x = grid(size)
    distance = np.hypot(x[:, low_x:high_x] - centre[0], y[low_y:high_y] - centre[1])
    alpha = np.clip((radius - distance) * size + 0.5, 0, 1)[..., None]
    patch = canvas[low_y:high_y, low_x:high_x]
    patch += (tone - patch) * alpha


def sun(canvas: Layer, centre: tuple[float, float], radius: float, tone: Colour) -> None:
    """Draw a big sun with its halo, in place."""
    glow(canvas, centre, radius * 2.6, tone, 0.75)
    disc(canvas, centre, radius * 1.12, tone * np.array([1.0, 0.93, 0.75], np.float32))
    disc(canvas, centre, radius, np.minimum(tone * np.array([1.05, 1.03, 1.0], np.float32), 255))


def moon(
    rng: np.random.Generator,
    canvas: Layer,
    centre: tuple[float, float],
    radius: float,
    tone: Colour,
) -> None:
    """Draw a moon with grey seas, in half of the cases a crescent, in place."""
    glow(canvas, centre, radius * 2.2, tone, 0.35)
    size = canvas.shape[1]
    behind = canvas[
        int(centre[1] * size), int(np.clip(centre[0] + 1.6 * radius, 0, 0.99) * size)
    ].copy()
    disc(canvas, centre, radius, tone)
    for _ in range(5):
        angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.6) * radius
        place = (centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle))
        disc(canvas, place, radius * rng.uniform(0.1, 0.24), tone * np.float32(0.86))
    if rng.random() < 0.5:
        disc(canvas, (centre[0] + 0.55 * radius, centre[1] - 0.18 * radius), radius * 0.92, behind)


def stars(rng: np.random.Generator, canvas: Layer) -> None:
    """Scatter about a hundred stars of unequal brightness, some of them with rays, in place."""
    rows, size = canvas.shape[:2]
    count = int(rng.integers(70, 120))
    x, y = rng.random(count), rng.random(count) ** 1.2
    brightness = (0.35 + 0.65 * rng.random(count)).astype(np.float32)
    reach = max(size // 128, 1)
    column, row = (x * (size - reach)).astype(int), (y * (rows - reach)).astype(int)
    for step in np.ndindex(reach, reach):
        spot = canvas[row + step[0], column + step[1]]
        canvas[row + step[0], column + step[1]] = spot + (255 - spot) * brightness[:, None]
    for index in range(9):
        length = int(size * rng.uniform(0.008, 0.016))
        across, down = int(column[index]), int(row[index])
        cv2.line(
            canvas, (across - length, down), (across + length, down), (235.0, 240.0, 255.0), reach
        )
        cv2.line(
            canvas, (across, down - length), (across, down + length), (235.0, 240.0, 255.0), reach
        )


def clouds(rng: np.random.Generator, canvas: Layer, light: Colour, shade: Colour) -> None:
    """Cover a third to a half of the canvas with soft clouds, lit from above, in place."""
    rows, size = canvas.shape[:2]
    shift = max(size // 24, 1)
    noise = field(rng, (3, 4), (rows + shift, size), octaves=5, persistence=0.55)
    density, above = noise[shift:], noise[:-shift]
    cover = float(rng.uniform(0.42, 0.62))
    low = float(np.quantile(density[::4, ::4], 1 - cover))
    alpha = smoothstep(density, low, low + 0.17)
    height = np.linspace(1.0, 0.35, rows, dtype=np.float32)[:, None]
    lit = np.clip(0.55 + 4.5 * (density - above), 0, 1)[..., None]
    tone = shade + (light - shade) * lit
    canvas += (tone - canvas) * (alpha * height * np.float32(0.95))[..., None]
