"""Sheets of the project's own pictures, which have impressions: with the clusters of their cells.

The clusters are the channels `cluster_row` and `cluster_col` of the impression: where the seat of
a cell's basin lies on the map (`tasks.impressions.clusters`), so that clusters that are alike lie
near each other, and two channels serve any number of them.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import xarray as xr

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PICTURES, TRAIN
from tasks.core import store
from tasks.core.errors import InputError
from tasks.orientation.sources.sheet import Grey, Seats, Sheet

CHANNELS = ("cluster_row", "cluster_col")
STORES = ("pictures", PICTURES), ("impressions", IMPRESSIONS)


@dataclass(frozen=True)
class Impressed:
    """The pictures that the project trains on, grey; those of one source are one group."""

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the pictures; the seed is not used.

        Raises:
            InputError: the folder is not that of the impressions, which DVC watches through it; a
            store is missing; the impressions show no clusters.
        """
        if folder != store.folder("impressions"):
            raise InputError(
                f"orientation.folder: {folder}; the source impressions reads "
                f"{store.folder('impressions')}: name that folder"
            )
        pictures = store.read("pictures", PICTURES)
        maps = store.read("impressions", IMPRESSIONS)
        names = maps.channel.values.tolist()
        if not set(CHANNELS) <= set(names):
            raise InputError(
                "orientation.source: the impressions show no clusters; "
                "add {name: clusters} to impressions.decoders, or take another source"
            )
        split = pictures.split.values
        made = [store.digest(store.locate(*each)) for each in STORES]
        shown = [names.index(each) for each in CHANNELS]
        return [
            Sheet(
                f"{number}:{source}",
                source,
                f"{made}:{number}",
                partial(_grey, pictures.picture, number),
                flat=0.0,
                seats=partial(_seats, maps.impression, shown, number),
            )
            for number, source in enumerate(pictures.source.values.tolist())
            if split[number] == TRAIN
        ]


def _grey(pictures: xr.DataArray, number: int) -> Grey:
    return cv2.cvtColor(pictures[number].values, cv2.COLOR_RGB2GRAY)


def _seats(maps: xr.DataArray, shown: list[int], number: int) -> Seats:
    return 2 * maps[number].values[shown].astype(np.float32) - 1
