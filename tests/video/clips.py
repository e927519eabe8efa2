"""Small videos and clips for tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from tasks.video.files import clip
from tasks.video.files.encoding import h264, program
from tasks.video.files.writing import writer
from tasks.video.motions.motion import Motion
from tasks.video.scene import Film


def sliding(frames: int, size: tuple[int, int], step: int = 1) -> np.ndarray:
    """Return pictures of soft blobs that move `step` pixels a frame to the right."""
    rng = np.random.default_rng(5)
    wide = cv2.GaussianBlur(rng.random((size[0], size[1] + frames * step, 3)), (0, 0), 3)
    low, high = wide.min(), wide.max()
    whole = np.rint(255 * (wide - low) / (high - low)).astype(np.uint8)
    start = frames * step
    return np.stack(
        [whole[:, start - k * step : start - k * step + size[1]] for k in range(frames)]
    )


def film(path: Path, *, frames: int, rate: int, size: tuple[int, int], step: int = 1) -> Path:
    """Write such a video."""
    with writer(path, size, rate, h264("libx264", 5, "veryfast"), program(None)) as write:
        for picture in sliding(frames, size, step):
            write(np.ascontiguousarray(picture))
    return path


def write(folder: Path, name: str, film: Film, motion: Motion, form: clip.Format) -> Iterator[int]:
    """Make the clip `name` of one segment in `folder`; yield the number of each frame once it is
    out.
    """
    with tempfile.TemporaryDirectory() as place:
        yield from clip.segment(Path(place), film, range(film.frames), form)
        clip.join(folder, name, [Path(place)], motion=motion, form=form, about={})
