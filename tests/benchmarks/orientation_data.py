"""The data sets of `python -m tests.benchmarks.orientation`: synthetic prints always, and crops of
folders that the caller has.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from tasks.core import items
from tasks.core.errors import InputError
from tasks.orientation import crops
from tasks.orientation.sources.pictured import Pictured
from tasks.orientation.sources.printed import Printed
from tasks.orientation.sources.sheet import Sheet, find

SIZE, LEARNED, HELD_OUT = 32, 4000, 1000
SEED = 0
TRIED = 4
PRINTS = "prints"


@dataclass(frozen=True)
class Place:
    """The caller's folder of folders, and where crops are kept."""

    data: Path | None
    keep: Path


@dataclass(frozen=True)
class Folders:
    """Folders below the one that is given, and how their pictures become sheets."""

    names: tuple[str, ...]
    kind: Pictured


FOLDERS: Mapping[str, Folders] = {
    "FVC": Folders(
        ("fp_fvc2002b", "fp_fvc2004b"), Pictured("*.png", 1.5, grouped=True, contrast=40.0)
    ),
    "textures": Folders(
        ("tex_dtd10", "tex_exemplars"), Pictured("*.*", 2.0, grouped=False, contrast=16.0)
    ),
    "general": Folders(("nat_imagenet350",), Pictured("*.*", 3.0, grouped=False, contrast=16.0)),
}
"""FVC2002 and FVC2004, sets B; ten categories of DTD with exemplars; photographs of ImageNet's
categories.
"""


def names(data: Path | None) -> list[str]:
    """Return the data sets that there are."""
    there = [
        name
        for name, each in FOLDERS.items()
        if data and all((data / folder).is_dir() for folder in each.names)
    ]
    return [PRINTS, *there]


def digest(name: str, place: Place) -> str:
    """Return a digest of what the set is made of."""
    return items.key([(sheet.group, sheet.digest) for sheet in _sheets(name, place.data)])


def load(name: str, place: Place) -> tuple[np.ndarray, np.ndarray]:
    """Return the crops to learn from and those held out, no sheet's on both sides; kept on disk
    from the first time on.
    """
    place.keep.mkdir(parents=True, exist_ok=True)
    file = place.keep / f"{name}-{digest(name, place)[:16]}.npz"
    if not file.is_file():
        sheets = _sheets(name, place.data)
        sheets = [sheet for sheet in sheets if name == PRINTS or _yields(sheet)]
        cuts = crops.plan(sheets, LEARNED, HELD_OUT, SEED)
        made = [(cut.held_out, crops.make(cut, SIZE, SEED)) for cut in cuts]
        sides = [
            np.concatenate([each for held, each in made if held == side]) for side in (False, True)
        ]
        shuffled = np.random.default_rng(SEED).permutation(len(sides[0]))
        draft = file.with_suffix(".tmp.npz")
        np.savez(draft, learned=sides[0][shuffled], held_out=sides[1])
        draft.replace(file)
    with np.load(file) as stored:
        return stored["learned"], stored["held_out"]


@cache
def _sheets(name: str, data: Path | None) -> list[Sheet]:
    if name == PRINTS:
        return Printed(500, 5.5, 8.0)(Path(), SIZE, SEED)
    assert data is not None
    chosen = FOLDERS[name]
    return [
        replace(sheet, group=f"{folder}/{sheet.group}")
        for folder in chosen.names
        for sheet in chosen.kind(data / folder, SIZE, SEED)
    ]


def _yields(sheet: Sheet) -> bool:
    """Return whether crops are easily found in the sheet, which is large enough then."""
    generator = np.random.default_rng(SEED)
    try:
        for _ in range(TRIED):
            find(sheet, sheet.pixels(), SIZE, generator)
    except InputError:
        return False
    return True
