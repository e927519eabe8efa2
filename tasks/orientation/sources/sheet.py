"""Sheets: pieces of material that crops are cut from.

A sheet is a print, a part of a texture or a picture; all its crops lie on one side of the split
(`tasks.orientation.split`). A crop without contrast has no orientation, and is drawn again. Where
a sheet has an impression, its clusters are known as well, each by its seat's place on the map.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.core.errors import InputError

FLAT = 16.0
"""Standard deviation, in levels of grey, below which a crop is flat; a sheet may say more."""
ATTEMPTS = 64

Grey = UInt8[np.ndarray, "y x"]
Seats = Float32[np.ndarray, "2 row col"]
"""Row and column of the seat of each cell's cluster on the map, in [−1, 1]."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the group that it shares a side with, a digest of what it is made
    from, the way to its pixels, the contrast below which a crop of it is flat, and the way to the
    seats of its clusters, on a grid of cells of their own, where it has any.
    """

    name: str
    group: str
    digest: str
    pixels: Callable[[], Grey]
    flat: float = FLAT
    seats: Callable[[], Seats] | None = None


class Source(Protocol):
    """What a variant in `tasks.orientation.registry` offers."""

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the sheets for crops of `size` pixels; the folder is the user's own."""
        ...


@dataclass(frozen=True)
class Window:
    """A square of a sheet, its left and right changed where `mirrored`."""

    top: int
    left: int
    size: int
    mirrored: bool

    def pixels(self, whole: Grey) -> Grey:
        """Return the square's pixels."""
        rows, cols = (slice(at, at + self.size) for at in (self.top, self.left))
        found = whole[rows, cols]
        return np.ascontiguousarray(found[:, ::-1] if self.mirrored else found)

    def seats(self, whole: Seats, sides: tuple[int, int], cell: int) -> Seats:
        """Return the seats at the middles of the square's cells of `cell` pixels, from those of a
        sheet of `sides` pixels.
        """
        middles = np.arange(cell // 2, self.size, cell)
        rows, cols = (
            (at + middles) * count // side
            for at, count, side in zip((self.top, self.left), whole.shape[1:], sides, strict=True)
        )
        found = whole[:, rows[:, None], cols]
        return np.ascontiguousarray(found[:, :, ::-1] if self.mirrored else found)


def find(sheet: Sheet, pixels: Grey, size: int, generator: np.random.Generator) -> Window:
    """Return a square of the sheet at a random place, every second one mirrored.

    Raises:
        InputError: the sheet is smaller than the crop, or flat wherever it was looked at.
    """
    height, width = pixels.shape
    if min(height, width) < size:
        raise InputError(
            f"{sheet.name}: {width}x{height} pixels, smaller than a crop of {size}; "
            "lower orientation.size or remove the picture"
        )
    for _ in range(ATTEMPTS):
        top = int(generator.integers(height - size + 1))
        left = int(generator.integers(width - size + 1))
        if pixels[top : top + size, left : left + size].std() >= sheet.flat:
            return Window(top, left, size, bool(generator.random() < 0.5))
    raise InputError(
        f"{sheet.name}: constant, or nearly so: nothing there has a direction; remove the picture"
    )


def spread(sheets: Sequence[Sheet], count: int) -> list[int]:
    """Return how many of `count` crops each sheet gives: alike, the first ones one more."""
    each, more = divmod(count, len(sheets))
    return [each + (place < more) for place in range(len(sheets))]
