"""A clip at one glance: a contact sheet, and a slice through time.

The slice shows the middle line of pixels of every frame, time downwards: what moves draws slanted
edges, what melts in place draws bands, what flickers draws noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.video.scene import Frame

COLUMNS, ROWS = 4, 3
WIDEST = 256
TALLEST_STEP = 4
TALLEST = 2048
"""Lines of the slice, at most."""


@dataclass
class Overview:
    """Collects what it needs of frames `first`, `first` + 1, …: constant memory but for one line
    of pixels a frame. `frames` is the length of the whole clip.
    """

    frames: int
    first: int = 0
    thumbnails: list[Frame] = field(default_factory=list)
    lines: list[UInt8[np.ndarray, "x 3"]] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        """Take the next frame."""
        shown = min(COLUMNS * ROWS, self.frames)
        number = self.first + len(self.lines)
        if number in {k * self.frames // shown for k in range(shown)}:
            self.thumbnails.append(_thumbnail(frame))
        self.lines.append(frame[frame.shape[0] // 2].copy())

    def save(self, path: Path) -> None:
        """Write what has been collected."""
        np.savez(path, thumbnails=np.array(self.thumbnails), lines=np.stack(self.lines))

    @staticmethod
    def joined(frames: int, paths: Sequence[Path]) -> "Overview":
        """Return the overview of a whole clip from what its segments have collected, in order."""
        whole = Overview(frames)
        for path in paths:
            with np.load(path, allow_pickle=False) as saved:
                whole.thumbnails += list(saved["thumbnails"])
                whole.lines += list(saved["lines"])
        return whole

    def sheet(self) -> UInt8[np.ndarray, "y x 3"]:
        """Return up to twelve frames, evenly spread, row by row."""
        blank = np.full_like(self.thumbnails[0], 255)
        missing = -len(self.thumbnails) % COLUMNS
        tiles = np.stack([*self.thumbnails, *[blank] * missing])
        rows, (height, width) = len(tiles) // COLUMNS, blank.shape[:2]
        grid = tiles.reshape(rows, COLUMNS, height, width, 3).swapaxes(1, 2)
        return grid.reshape(rows * height, COLUMNS * width, 3)

    def time_slice(self) -> UInt8[np.ndarray, "frame x 3"]:
        """Return the middle lines of all frames, below each other, each repeated; of a long clip,
        of evenly spread frames.
        """
        shown = min(self.frames, TALLEST // TALLEST_STEP)
        chosen = [self.lines[k * self.frames // shown] for k in range(shown)]
        return np.repeat(np.stack(chosen), TALLEST_STEP, axis=0)

    def write(self, folder: Path, name: str) -> None:
        """Write `<name>_sheet.png` and `<name>_slice.png`."""
        for kind, picture in (("sheet", self.sheet()), ("slice", self.time_slice())):
            save(folder / f"{name}_{kind}.png", picture)


def save(path: Path, picture: UInt8[np.ndarray, "y x 3"]) -> None:
    """Write the picture as PNG."""
    done, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert done
    path.write_bytes(data.tobytes())


def _thumbnail(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    scale = min(1.0, WIDEST / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return (
        frame.copy()
        if scale == 1
        else cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    )
