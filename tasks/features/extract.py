"""From pictures to feature vectors: the one way, for pictures of the data set and for generated
ones alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, UInt8

from tasks.core import registry
from tasks.core.backend import to_numpy
from tasks.core.errors import InputError
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Extractor
from tasks.features.registry import EXTRACTORS

BATCH = 1 << 20
"""Pixels computed at once, a picture at least: bounds memory and changes no number."""


class Extraction(NamedTuple):
    """The features of every cell, and what the features are."""

    values: Float32[np.ndarray, "picture rows cols feature"]
    names: tuple[str, ...]
    units: tuple[str, ...]
    weights: Float64[np.ndarray, " feature"]


def build(choices: Sequence[Mapping[str, Any]]) -> tuple[Extractor, ...]:
    """Return the extractors that `choices` describe, in their order.

    Raises:
        InputError: a choice is wrong, or the same extractor is chosen twice.
    """
    names = [choice.get("name") for choice in choices]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise InputError(f"extractors: {repeated[0]!r} is chosen twice; keep one of them")
    if not names:
        raise InputError(
            f"extractors: none is chosen; choose among {', '.join(sorted(EXTRACTORS))}"
        )
    return tuple(
        registry.build(EXTRACTORS, choice, what=f"extractors.{index}")
        for index, choice in enumerate(choices)
    )


def channels(extractors: Sequence[Extractor]) -> tuple[Channel, ...]:
    """Return the channels of all extractors, in the order of the features."""
    return tuple(channel for extractor in extractors for channel in extractor.channels)


def reads(extractors: Sequence[Extractor]) -> tuple[str, ...]:
    """Return the stages, besides `pictures`, that the features depend on, sorted."""
    return tuple(sorted({stage for each in extractors for stage in getattr(each, "reads", ())}))


def weights(extractors: Sequence[Extractor]) -> Float64[np.ndarray, " feature"]:
    """Return the weight of each feature: its extractor's."""
    return np.array(
        [extractor.weight for extractor in extractors for _ in extractor.channels],
        dtype=np.float64,
    )


def extract(
    pictures: UInt8[np.ndarray, "picture y x 3"],
    extractors: Sequence[Extractor],
    cell: int,
    stride: int,
    xp: ModuleType = np,
) -> Extraction:
    """Return the features of every cell of `pictures` (sRGB), the features in the order of the
    extractors.

    `cell` and `stride` are in pixels. A picture's features do not depend on the other pictures.
    Extractors that can do so compute with `xp` (NumPy, or CuPy as `imaging.namespace` gives it).

    Raises:
        ValueError: `pictures` is no batch of 8-bit RGB pictures, or `stride` does not divide their
        size.
    """
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[-1] != 3:
        raise ValueError(
            f"pictures is {pictures.dtype} {pictures.shape}; "
            "expected uint8 (pictures, height, width, 3)"
        )
    cells = Cells(cell, stride)
    described = channels(extractors)
    values = np.empty(
        (len(pictures), *cells.grid(*pictures.shape[1:3]), len(described)), dtype=np.float32
    )
    batch = max(1, BATCH // (pictures.shape[1] * pictures.shape[2]))
    for start in range(0, len(pictures), batch):
        part = slice(start, start + batch)
        here, there = pictures[part], xp.asarray(pictures[part])
        for columns, extractor in _columns(extractors):
            given = there if getattr(extractor, "on_gpu", False) else here
            values[part, ..., columns] = to_numpy(extractor(given, cells))
    return Extraction(
        values,
        tuple(channel.name for channel in described),
        tuple(channel.units for channel in described),
        weights(extractors),
    )


def _columns(extractors: Sequence[Extractor]) -> Iterator[tuple[slice, Extractor]]:
    start = 0
    for extractor in extractors:
        yield slice(start, start + len(extractor.channels)), extractor
        start += len(extractor.channels)
