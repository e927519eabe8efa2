"""Sheets from a folder: every picture in it is one."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from tasks.core import store
from tasks.orientation.sources.sheet import Grey, Sheet
from tasks.pictures import folder as folders
from tasks.pictures import reading

MAX_PIXELS = 60_000_000
LOW, HIGH = 3, 97
"""Percentiles of a picture that become black and white."""


@dataclass(frozen=True)
class Pictured:
    """The pictures of the folder that match `pattern`, grey, at 1/`shrink` of their size; crops
    whose standard deviation is below `contrast` levels of grey are not taken: background, say.
    Those whose names agree up to the last `_` are one group where `grouped`: impressions of one
    finger, say.
    """

    pattern: Annotated[str, Field(min_length=1)]
    shrink: Annotated[float, Field(ge=1)]
    grouped: bool
    contrast: Annotated[float, Field(ge=1, le=120)]

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the pictures; the seed is not used.

        Raises:
            InputError: the folder is missing, or no picture of it matches.
        """
        found = folders.files(folder, self.pattern, reading.SUFFIXES, what="orientation.folder")
        names = folders.names(found, folder)
        return [
            Sheet(
                str(path),
                name.rpartition("_")[0] or name if self.grouped else name,
                f"{store.digest(path)}:{self.shrink}:{self.contrast}",
                partial(read, path, self.shrink),
                self.contrast,
            )
            for name, path in zip(names, found, strict=True)
        ]


def read(path: Path, shrink: float) -> Grey:
    """Return the picture, grey, its contrast stretched between the percentiles 3 and 97.

    Raises:
        InputError: as `tasks.pictures.reading.load` does.
    """
    whole = cv2.cvtColor(reading.load(path, max_pixels=MAX_PIXELS), cv2.COLOR_RGB2GRAY)
    size = tuple(max(1, round(length / shrink)) for length in reversed(whole.shape))
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA) if shrink > 1 else whole
    low, high = np.percentile(small, [LOW, HIGH])
    stretched = (small - low) * (255 / max(high - low, 1))
    return np.rint(stretched.clip(0, 255)).astype(np.uint8)
