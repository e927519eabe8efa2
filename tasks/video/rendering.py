"""Clips of any picture: cut it to what can be painted, prepare it, make the clip."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.core.errors import InputError
from tasks.impressions.extract import Extractor
from tasks.kuramoto.field import Dynamics
from tasks.video import clip, preparation
from tasks.video.scene import Film, Painter, Scene

BLOCK = 32
LONGEST = 4
LARGEST = 4096


@dataclass(frozen=True, eq=False)
class Still:
    """A picture of a size that can be painted, what to paint, and the clip's name and seed."""

    name: str
    prompt: str
    picture: UInt8[np.ndarray, "y x 3"]
    seed: int


@dataclass(frozen=True, eq=False)
class Recipe:
    """How a still becomes a clip."""

    extractor: Extractor
    dynamics: Dynamics
    motion: Mapping[str, Any]
    frames: Callable[[Scene, Painter], Film]
    form: clip.Format


def paintable(
    picture: UInt8[np.ndarray, "y x 3"], shorter: int, *, stride: int, upscale: int, name: str
) -> UInt8[np.ndarray, "v u 3"]:
    """Return the picture's middle, as large as can be, at the size at which it will be painted.

    After enlargement by `upscale` the shorter side has `shorter` pixels. Both sides are multiples
    of what the model and the cells (every `stride` pixels) need.

    Raises:
        InputError: `shorter` is no such multiple, or the picture is too long a strip.
    """
    block = math.lcm(BLOCK, stride)
    if not block * upscale <= shorter <= LARGEST or shorter % (block * upscale):
        raise InputError(
            f"size: {shorter} pixels cannot be painted; "
            f"give a multiple of {block * upscale}, at most {LARGEST}"
        )
    height, width = picture.shape[:2]
    if max(height, width) > LONGEST * min(height, width):
        raise InputError(f"{name}: {width}x{height} is too long a strip; crop it to {LONGEST}:1")
    scale = shorter / upscale / block / min(height, width)
    rows, cols = (block * int(length * scale + 1e-6) for length in (height, width))
    middle = _middle(picture, rows / cols)
    return cv2.resize(middle, (cols, rows), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _middle(picture: UInt8[np.ndarray, "y x 3"], ratio: float) -> UInt8[np.ndarray, "v u 3"]:
    """Return the largest part in the middle whose height is `ratio` times its width."""
    height, width = picture.shape[:2]
    rows = min(height, max(1, round(width * ratio)))
    cols = min(width, max(1, round(height / ratio)))
    top, left = (height - rows) // 2, (width - cols) // 2
    return np.ascontiguousarray(picture[top : top + rows, left : left + cols])


def render(still: Still, recipe: Recipe, painter: Painter, folder: Path) -> Iterator[int]:
    """Write the files of the clip into `folder`; yield the number of each frame once it is out."""
    name, seed = still.name, still.seed
    motion = preparation.motion(
        recipe.extractor, still.picture, recipe.dynamics, recipe.motion, name=name, seed=seed
    )
    scene = preparation.scene(
        recipe.extractor,
        still.picture,
        motion.displacement(),
        name=name,
        caption=still.prompt,
        seed=seed,
    )
    yield from clip.write(folder, name, recipe.frames(scene, painter), motion, recipe.form)
