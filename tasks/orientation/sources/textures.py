"""Sheets of the textures in scikit-image's own package, whose docstrings put them under CC0."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import skimage
from pydantic import Field

from tasks.core import store
from tasks.orientation.sources.pictured import read
from tasks.orientation.sources.sheet import Grey, Sheet

NAMES = ("brick", "grass", "gravel")
PARTS = 4
"""Sheets of one texture: its quarters, top to bottom in each half, so that a whole part can be
held out.
"""


@dataclass(frozen=True)
class Textures:
    """Bricks, grass and gravel at 1/`shrink` of their size."""

    shrink: Annotated[float, Field(ge=1)]

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the quarters; the folder and the seed are not used."""
        home = Path(skimage.__file__).parent / "data"
        return [
            Sheet(
                f"{name}:{part}",
                f"{name}:{part}",
                store.digest(home / f"{name}.png"),
                partial(_quarter, home / f"{name}.png", self.shrink, part),
            )
            for name in NAMES
            for part in range(PARTS)
        ]


def _quarter(path: Path, shrink: float, part: int) -> Grey:
    whole = read(path, shrink)
    down, across = divmod(part, 2)
    rows, cols = (length // 2 for length in whole.shape)
    return whole[down * rows : (down + 1) * rows, across * cols : (across + 1) * cols]
