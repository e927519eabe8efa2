"""What steers samples: held-out pictures, grey, and the layouts that are taken from them.

A layout is read off the picture by its structure tensor, or off its impression: the channels
`orientation_cos` and `orientation_sin` of the map, ½ (1 + c cos 2θ) and ½ (1 + c sin 2θ) of the
node that each cell is matched to. Then the map alone says where lines run, and, to a model that
knows of clusters, which cluster each cell belongs to.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.orientation import CROPS
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.core.errors import InputError
from tasks.impressions.turns import by_turns
from tasks.orientation.layouts.layout import Layout, layout

CHANNELS = ("orientation_cos", "orientation_sin")
CLUSTERS = ("cluster_row", "cluster_col")
MOST = 8
"""Photographs whose impressions are rendered."""


@dataclass(frozen=True, eq=False)
class Originals:
    """Pictures of one side, a layout of each, and where their clusters' seats lie on the map, in
    [−1, 1], where that is known.
    """

    pictures: UInt8[np.ndarray, "picture y x"]
    layouts: Layout
    seats: Layout | None = None


@cache
def crops(digest: str, cell: int) -> Originals:
    """Return the held-out crops of the store `digest`, the sheets taking turns."""
    data = store.read("orientation", CROPS)
    numbers = np.flatnonzero(data.held_out.values)
    turns = by_turns(data.source.values[numbers].tolist())
    pictures = store.take(data.picture, numbers)[turns]
    return Originals(pictures, layout(pictures, cell))


@cache
def photographs(digest: str, side: int, cell: int) -> Originals:
    """Return the held-out photographs of the store `digest`, `side` pixels wide."""
    whole = store.read("pictures", WHOLE_PHOTOGRAPHS).photograph.values
    pictures = _grey(whole, side)
    return Originals(pictures, layout(pictures, cell))


@cache
def impressions(digest: str, side: int, cell: int) -> Originals:
    """Return the first picture of every held-out photograph, `side` pixels wide, and the layouts
    and clusters of their impressions in the store `digest`.

    Raises:
        InputError: the impressions have no channels of orientation.
    """
    maps = store.read("impressions", IMPRESSIONS)
    names = maps.channel.values.tolist()
    if not set(CHANNELS) <= set(names):
        raise InputError(
            "orientation_samples.layouts: the impressions show no orientation; "
            "add {name: orientation} to impressions.decoders, or set it to tensor"
        )
    data = store.read("pictures", PICTURES)
    numbers = np.flatnonzero(data.split.values == PHOTOGRAPHS)
    sources = data.source.values[numbers].tolist()
    numbers = numbers[by_turns(sources)][: min(len(set(sources)), MOST)]
    shown, count = store.take(maps.impression, numbers), side // cell
    parts = [
        _cells(shown[:, [names.index(each) for each in channels]], count, method)
        for channels, method in ((CHANNELS, cv2.INTER_LINEAR), (CLUSTERS, cv2.INTER_NEAREST))
        if set(channels) <= set(names)
    ]
    return Originals(_grey(store.take(data.picture, numbers), side), *parts)


def _grey(pictures: UInt8[np.ndarray, "picture y x 3"], side: int) -> np.ndarray:
    grey = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in pictures)
    return np.stack(
        [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in grey]
    )


def _cells(maps: np.ndarray, count: int, method: int) -> Layout:
    """Return channels in [0, 1] as a layout of `count` cells each way."""
    values = np.moveaxis(2 * maps.astype(np.float32) - 1, 1, -1)
    sized = [cv2.resize(each, (count, count), interpolation=method) for each in values]
    return np.ascontiguousarray(np.moveaxis(np.stack(sized), -1, 1))
