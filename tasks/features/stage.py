"""The stage `features`: pictures in, a vector per cell out, shard by shard."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES
from tasks.core import code, items, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features.cells import Cells
from tasks.features.extract import build, channels, extract, reads, weights
from tasks.features.params import Features
from tasks.features.shards import cut

SHARD, PIXELS = 256, 1 << 22
"""Pictures and pixels a shard, at most: memory does not grow with the pictures' number or size."""
FILE = "value.npy"


@dataclass(frozen=True)
class Part:
    """The pictures `start` to `stop`, and the item that holds their features."""

    start: int
    stop: int
    section: Features
    key: str


def plan(section: Features, runtime: Runtime) -> list[Part]:
    """Return the shards. A key covers the code, the parameters and the pictures of that shard, so
    that new pictures, wherever they stand (`cut`), leave other shards valid; and the stages'
    results that a chosen extractor reads. One shard of pictures is in memory at a time.

    Raises:
        InputError: there are no pictures, the stride does not divide their size, or a result that
        an extractor reads is missing.
    """
    pictures = store.read("pictures", PICTURES).picture
    if not pictures.size:
        raise InputError(
            f"{store.locate('pictures', PICTURES)}: holds no pictures; run: dvc repro pictures"
        )
    try:
        Cells(section.cell, section.stride).grid(*pictures.shape[1:3])
    except ValueError as error:
        raise InputError(f"params.yaml: features.stride: {error}") from None
    extractors = build(section.extractors)
    results = [store.digest(store.folder(stage)) for stage in reads(extractors)]
    common = code.version(__name__), section.cell, section.stride, _unweighted(section), results
    size = max(1, min(SHARD, PIXELS // (pictures.shape[1] * pictures.shape[2])))
    digests = [
        _digest(picture)
        for start in range(0, len(pictures), size)
        for picture in pictures[start : start + size].values
    ]
    return [
        Part(part.start, part.stop, section, items.key(*common, digests[part]))
        for part in cut(digests, size)
    ]


def compute(part: Part) -> dict[str, Any]:
    """Make the item of one shard and return where it stands."""

    def write(folder: Path) -> None:
        pictures = store.read("pictures", PICTURES).picture[part.start : part.stop].values
        extractors = build(part.section.extractors)
        values = extract(pictures, extractors, part.section.cell, part.section.stride).values
        np.save(folder / FILE, values, allow_pickle=False)

    items.produce(part.key, write)
    return {"start": part.start, "stop": part.stop, "key": part.key}


def assemble(section: Features, parts: Sequence[Part]) -> None:
    """Put the shards together as `data/features/features.zarr`."""
    extractors = build(section.extractors)
    described = channels(extractors)
    rows, cols = _load(parts[0]).shape[1:3]
    sizes = {"picture": parts[-1].stop, "y": rows, "x": cols, "feature": len(described)}
    coords = {
        "feature": [channel.name for channel in described],
        "units": [channel.units for channel in described],
        "weight": weights(extractors),
        "valid_min": [channel.low for channel in described],
        "valid_max": [channel.high for channel in described],
    }
    attributes = {
        "cell": section.cell,
        "stride": section.stride,
        "params": items.key(section.model_dump()),
    }
    with store.output("features") as folder:
        group = store.create(
            folder / "features.zarr", FEATURES, sizes, coords=coords, attributes=attributes
        )
        store.fill(group, "value", FEATURES, (_load(part) for part in parts))


def _unweighted(section: Features) -> list[dict[str, Any]]:
    return [
        {field: value for field, value in choice.items() if field != "weight"}
        for choice in section.extractors
    ]


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(
        repr(values.shape).encode() + np.ascontiguousarray(values).tobytes()
    ).hexdigest()


def _load(part: Part) -> np.ndarray:
    return np.load(items.path(part.key) / FILE, mmap_mode="r", allow_pickle=False)
