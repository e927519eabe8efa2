"""A clip at one glance: a contact sheet, and a slice through time.

The slice shows the middle line of pixels of every frame, time downwards: what moves draws slanted
edges, what melts in place draws bands, what flickers draws noise.
"""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.video.scene import Frame

COLUMNS, ROWS = 4, 3
WIDEST = 256
TALLEST_STEP = 4


@dataclass
class Overview:
    """Collects what it needs of each frame, in order: constant memory but for one line of pixels a
    frame.
    """

    frames: int
    thumbnails: list[Frame] = field(default_factory=list)
    lines: list[UInt8[np.ndarray, "x 3"]] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        """Take the next frame."""
        shown = min(COLUMNS * ROWS, self.frames)
        if (
            len(self.lines) == len(self.thumbnails) * self.frames // shown
            and len(self.thumbnails) < shown
        ):
            self.thumbnails.append(_thumbnail(frame))
        self.lines.append(frame[frame.shape[0] // 2].copy())

    def sheet(self) -> UInt8[np.ndarray, "y x 3"]:
        """Return up to twelve frames, evenly spread, row by row."""
        blank = np.full_like(self.thumbnails[0], 255)
        missing = -len(self.thumbnails) % COLUMNS
        tiles = np.stack([*self.thumbnails, *[blank] * missing])
        rows, (height, width) = len(tiles) // COLUMNS, blank.shape[:2]
        grid = tiles.reshape(rows, COLUMNS, height, width, 3).swapaxes(1, 2)
        return grid.reshape(rows * height, COLUMNS * width, 3)

    def time_slice(self) -> UInt8[np.ndarray, "frame x 3"]:
        """Return the middle lines of all frames, below each other, each repeated."""
        return np.repeat(np.stack(self.lines), TALLEST_STEP, axis=0)

    def write(self, folder: Path, name: str) -> None:
        """Write `<name>_sheet.png` and `<name>_slice.png`."""
        for kind, picture in (("sheet", self.sheet()), ("slice", self.time_slice())):
            done, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            assert done
            (folder / f"{name}_{kind}.png").write_bytes(data.tobytes())


def _thumbnail(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    scale = min(1.0, WIDEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return (
        frame.copy()
        if scale == 1
        else cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    )
