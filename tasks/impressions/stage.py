"""The stage `impressions`: features and the trained map in, impression maps out, shard by shard;
and the view `grid`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from tasks.artifacts.features import FEATURES
from tasks.artifacts.impressions import GRID, IMPRESSIONS
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES
from tasks.artifacts.som import SOM
from tasks.core import code, items, store
from tasks.core.backend import Device, namespace
from tasks.core.params import Runtime
from tasks.features.extract import build, extract, reads
from tasks.features.params import Features
from tasks.impressions import grid
from tasks.impressions.params import Impressions
from tasks.impressions.statistics import statistics
from tasks.impressions.stored import stored
from tasks.impressions.turns import by_turns

SHARD, CELLS = 256, 1 << 18
"""Pictures and cells a shard, at most: memory does not grow with the pictures' number or size."""
MAPS, UNITS, VIEW = "impression.npy", "best_matching_unit.npy", "view.npy"


@dataclass(frozen=True)
class Part:
    """The pictures `start` to `stop`, and the item that holds their impressions."""

    start: int
    stop: int
    section: Impressions
    features: Features
    device: Device
    key: str


@dataclass(frozen=True)
class GridPart:
    """One picture, by its place in the store, and the item that holds its view `grid`."""

    index: int
    section: Impressions
    features: Features
    key: str


def plan(section: Impressions, features: Features, runtime: Runtime) -> list[Part]:
    """Return the shards. A key covers the code, the parameters, the trained map and the features
    of that shard.

    Raises:
        InputError: the stores of features or of the map are missing, or do not fit each other.
    """
    stored(features, section)
    values = store.read("features", FEATURES)["value"]
    _, rows, cols, _ = values.shape
    common = (
        code.version("tasks.impressions.stage"),
        section.of_a_picture(),
        store.digest(store.locate("som", SOM)),
    )
    return [
        Part(
            start,
            start + len(block),
            section,
            features,
            runtime.device,
            items.key(*common, _digest(block)),
        )
        for start, block in _blocks(values, max(1, min(SHARD, CELLS // (rows * cols))))
    ]


def plan_grid(section: Impressions, features: Features) -> list[GridPart]:
    """Return a part for each of `grid_pictures` held-out photographs, whose crops take turns."""
    pictures = store.read("pictures", PICTURES)
    held_out = np.flatnonzero(pictures["split"].values == PHOTOGRAPHS)
    sources = pictures["source"].values[held_out].tolist()
    chosen = held_out[by_turns(sources)][: section.grid_pictures]
    common = (
        code.version("tasks.impressions.stage"),
        section.model_dump(exclude={"decoders", "refinements", "grid_pictures"}),
        features.model_dump(),
        [store.digest(store.folder(stage)) for stage in reads(build(features.extractors))],
    )
    return [
        GridPart(
            index,
            section,
            features,
            items.key(*common, _digest(pictures["picture"][index].values)),
        )
        for index in chosen.tolist()
    ]


def compute(part: Part) -> dict[str, Any]:
    """Make the item of one shard and return where it stands."""

    def write(folder: Path) -> None:
        read = stored(part.features, part.section, namespace(part.device))
        units = read.match(
            store.read("features", FEATURES)["value"][part.start : part.stop].values
        )
        np.save(folder / UNITS, units, allow_pickle=False)
        np.save(folder / MAPS, read.decode(units).astype(np.float16), allow_pickle=False)

    items.produce(part.key, write)
    return {"start": part.start, "stop": part.stop, "key": part.key}


def compute_grid(part: GridPart) -> dict[str, Any]:
    """Make the view `grid` of one picture and return where it stands."""

    def write(folder: Path) -> None:
        pictures = store.read("pictures", PICTURES)["picture"][[part.index]].values
        chosen = build(
            grid.with_position(part.features.extractors, part.section.grid_position_weight)
        )
        extraction = extract(pictures, chosen, part.features.cell, part.features.stride)
        shape = part.section.grid_rows, part.section.grid_cols
        np.save(
            folder / VIEW,
            grid.view(extraction, shape, part.section.grid_epochs),
            allow_pickle=False,
        )

    items.produce(part.key, write)
    return {"index": part.index, "key": part.key}


def assemble(
    section: Impressions, features: Features, parts: Sequence[Part], views: Sequence[GridPart]
) -> None:
    """Put the shards together as `data/impressions/impressions.zarr` and the views as
    `data/impressions/grid.zarr`.
    """
    read = stored(features, section)
    _, channel, rows, cols = _load(parts[0], MAPS).shape
    sizes = {"picture": parts[-1].stop, "channel": channel, "y": rows, "x": cols}
    attributes = {"params": items.key(section.model_dump())}
    with store.output("impressions") as folder:
        group = store.create(
            folder / "impressions.zarr",
            IMPRESSIONS,
            sizes,
            coords={
                "channel": read.channels,
                "units": read.units_of,
                **statistics([_load(part, MAPS) for part in parts]),
            },
            attributes=attributes,
        )
        for name, file in (("impression", MAPS), ("best_matching_unit", UNITS)):
            store.fill(group, name, IMPRESSIONS, (_load(part, file) for part in parts))
        _assemble_grid(folder / "grid.zarr", section, views, attributes)


def _assemble_grid(
    place: Path, section: Impressions, views: Sequence[GridPart], attributes: dict[str, Any]
) -> None:
    sizes = {
        "picture": len(views),
        "row": section.grid_rows,
        "col": section.grid_cols,
        "channel": 3,
    }
    coords = {"picture_index": [view.index for view in views]}
    group = store.create(
        place, GRID, sizes, coords=coords if views else None, attributes=attributes
    )
    if views:
        store.fill(group, "view", GRID, (_load(view, VIEW)[None] for view in views))


def _blocks(values: Any, size: int) -> Iterator[tuple[int, np.ndarray]]:
    for start in tqdm(
        range(0, len(values), size), desc="impressions: features", unit="shard", disable=None
    ):
        yield start, values[start : start + size].values


def _digest(values: np.ndarray) -> str:
    return hashlib.sha256(
        repr(values.shape).encode() + np.ascontiguousarray(values).tobytes()
    ).hexdigest()


def _load(part: Part | GridPart, file: str) -> np.ndarray:
    return np.load(items.path(part.key) / file, mmap_mode="r", allow_pickle=False)
