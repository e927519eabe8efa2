"""The shots of the benchmark of videos: pictures with their captions, seeds and faces."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import store

SEEDS = (1, 2, 3)
FACES = {
    "astronaut": (0.36, 0.14, 0.54, 0.33),
    "1007129816_e794419615": (0.36, 0.32, 0.80, 0.67),
    "1034276567_49bb87c51c": (0.36, 0.20, 0.76, 0.72),
}
"""Left, top, right and bottom of a face, in shares of the picture's middle square."""
CAPTIONS = {
    "1007129816_e794419615": "a man in an orange hat",
    "1034276567_49bb87c51c": "a boy bites into a pastry",
}
"""The two pictures of Flickr8k that show a face."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture with its caption and seed."""

    name: str
    caption: str
    picture: np.ndarray
    seed: int


def photographs(size: int, count: int) -> list[Shot]:
    """Return the shots of the held-out photographs, every seed of each, at most `count`."""
    found = store.read("pictures", WHOLE_PHOTOGRAPHS)
    shots = [
        Shot(
            str(found["name"].values[k]),
            str(found["caption"].values[k]),
            resized(found["photograph"][k].values, size),
            seed,
        )
        for seed in SEEDS
        for k in range(found.sizes["picture"])
    ]
    return shots[:count]


def faces(folder: Path, size: int) -> list[Shot]:
    """Return the shots of the two pictures of Flickr8k, found in `folder` by their names."""
    shots = []
    for name, caption in CAPTIONS.items():
        data = cv2.imread(str(folder / f"{name}.jpg"))
        if data is None:
            raise SystemExit(f"{folder}: holds no {name}.jpg of Flickr8k")
        height, width = data.shape[:2]
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        middle = data[top : top + side, left : left + side, ::-1]
        shots += [Shot(name, caption, resized(middle, size), seed) for seed in SEEDS]
    return shots


def resized(picture: np.ndarray, size: int) -> np.ndarray:
    """Return a square picture at that size."""
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
