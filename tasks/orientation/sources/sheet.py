"""Sheets: pieces of material that crops are cut from.

A sheet is a print, a part of a texture or a picture; all its crops lie on one side of the split
(`tasks.orientation.split`). A crop without contrast has no orientation, and is drawn again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from jaxtyping import UInt8

from tasks.core.errors import InputError

FLAT = 16.0
"""Standard deviation, in levels of grey, below which a crop is flat; a sheet may say more."""
ATTEMPTS = 64

Grey = UInt8[np.ndarray, "y x"]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the group that it shares a side with, a digest of what it is made
    from, the way to its pixels, and the contrast below which a crop of it is flat.
    """

    name: str
    group: str
    digest: str
    pixels: Callable[[], Grey]
    flat: float = FLAT


class Source(Protocol):
    """What a variant in `tasks.orientation.registry` offers."""

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the sheets for crops of `size` pixels; the folder is the user's own."""
        ...


def crop(sheet: Sheet, pixels: Grey, size: int, generator: np.random.Generator) -> Grey:
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
        top, left = generator.integers(height - size + 1), generator.integers(width - size + 1)
        found = pixels[top : top + size, left : left + size]
        if found.std() >= sheet.flat:
            return np.ascontiguousarray(found[:, ::-1] if generator.random() < 0.5 else found)
    raise InputError(
        f"{sheet.name}: constant, or nearly so: nothing there has a direction; remove the picture"
    )


def spread(sheets: Sequence[Sheet], count: int) -> list[int]:
    """Return how many of `count` crops each sheet gives: alike, the first ones one more."""
    each, more = divmod(count, len(sheets))
    return [each + (place < more) for place in range(len(sheets))]
