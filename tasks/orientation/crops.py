"""Crops: the pictures that the model learns from and those that are held out.

The groups of sheets are split first, then crops are cut, as many from every sheet of a side.
Whatever is cut depends on the seed and the sheet's name alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.core import random
from tasks.core.errors import InputError
from tasks.orientation import split
from tasks.orientation.sources.sheet import Grey, Sheet, Window, find, spread

SHARE = 0.15
"""Of the groups of sheets, that is held out."""


@dataclass(frozen=True)
class Cut:
    """How many crops to cut from one sheet, and which side they are on."""

    sheet: Sheet
    count: int
    held_out: bool


def plan(sheets: Sequence[Sheet], learned: int, held: int, seed: int) -> list[Cut]:
    """Return what to cut from the sheets, `learned` and `held` crops in all.

    Raises:
        InputError: there are fewer than two groups.
    """
    groups = [sheet.group for sheet in sheets]
    if len(set(groups)) < 2:
        raise InputError(
            f"orientation.source: {len(set(groups))} group of pictures; two or more are needed, "
            "one to learn from and one to hold out"
        )
    out = split.held_out(groups, SHARE, random.generator(seed, "orientation", "split"))
    cuts = []
    for side, count in ((False, learned), (True, held)):
        chosen = [sheet for sheet, gone in zip(sheets, out, strict=True) if gone == side]
        shares = zip(chosen, spread(chosen, count), strict=True)
        cuts += [Cut(sheet, share, side) for sheet, share in shares if share]
    return cuts


def make(cut: Cut, size: int, seed: int) -> UInt8[np.ndarray, "picture y x"]:
    """Return the crops.

    Raises:
        InputError: the sheet is smaller than a crop, or constant.
    """
    pixels = cut.sheet.pixels()
    return np.stack([each.pixels(pixels) for each in _windows(cut, pixels, size, seed)])


def seats(
    cut: Cut, size: int, cell: int, seed: int
) -> Float32[np.ndarray, "picture 2 row col"] | None:
    """Return the seats of the clusters in the crops' cells, None where the sheet has none.

    Raises:
        InputError: as `make` does.
    """
    if cut.sheet.seats is None:
        return None
    pixels, whole = cut.sheet.pixels(), cut.sheet.seats()
    sides = pixels.shape[0], pixels.shape[1]
    return np.stack([each.seats(whole, sides, cell) for each in _windows(cut, pixels, size, seed)])


def _windows(cut: Cut, pixels: Grey, size: int, seed: int) -> list[Window]:
    generator = random.generator(seed, "orientation", "crops", cut.sheet.name)
    return [find(cut.sheet, pixels, size, generator) for _ in range(cut.count)]
