"""The stage `pictures`: scenes are drawn, photographs are cut, everything goes into one store with
its caption and its split.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, SCENES, TRAIN, WHOLE_PHOTOGRAPHS
from tasks.core import code, items, random, registry, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.pictures import cutting, scenes
from tasks.pictures.params import Pictures
from tasks.pictures.photograph import Photograph, hold_out
from tasks.pictures.registry import SOURCES

BLOCK = 128
"""Scenes in one shard."""


@dataclass(frozen=True)
class Scenes:
    """A block of scenes: their seeds."""

    seeds: tuple[int, ...]
    size: int
    split: int

    @property
    def key(self) -> str:
        """The name of the block's item."""
        return items.key(code.version(__name__), "scenes", self.seeds, self.size)


@dataclass(frozen=True)
class Crops:
    """The crops of one photograph; the first of a held-out one is its whole central square."""

    photograph: Photograph
    size: int
    count: int
    split: int
    seed: int

    @property
    def key(self) -> str:
        """The name of the photograph's item."""
        source = (self.photograph.name, self.photograph.caption, self.photograph.digest)
        return items.key(
            code.version(__name__), "crops", source, self.size, self.count, self.split, self.seed
        )


def photographs(section: Pictures) -> tuple[list[Photograph], list[Photograph]]:
    """Return the photographs to learn from and those held out.

    Raises:
        InputError: as the source says; or there are fewer than two photographs; or none is left to
        learn from.
    """
    source = registry.build(SOURCES, section.source, what="pictures.source")
    found = source(Path(section.folder), section.pattern, section.max_pixels)
    if len(found) < 2:
        raise InputError(
            f"pictures.folder: {len(found)} photograph in {section.folder}; two or more are needed"
        )
    learned, held = hold_out(found, section.held_out)
    if not learned:
        raise InputError(
            "pictures.held_out: holds out every photograph; leave at least one to learn from"
        )
    return learned, held


def refuse_damaged(found: list[Photograph]) -> None:
    """Read every photograph once.

    Raises:
        InputError: one or more cannot be read; the line names the first and counts the others.
    """
    problems = []
    for photograph in found:
        try:
            photograph.pixels()
        except InputError as error:
            problems.append(str(error))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise InputError(problems[0] + more)


def plan(
    section: Pictures, runtime: Runtime, learned: list[Photograph], held: list[Photograph]
) -> list[Scenes | Crops]:
    """Return the shards in the order of the store: training first, then the held-out splits."""
    return [
        *_scenes(section.scenes, section.size, TRAIN, runtime.seed),
        *(Crops(p, section.size, section.crops, TRAIN, runtime.seed) for p in learned),
        *_scenes(section.held_out_scenes, section.size, SCENES, runtime.seed),
        *(Crops(p, section.size, section.held_out_crops, PHOTOGRAPHS, runtime.seed) for p in held),
    ]


def _scenes(count: int, size: int, split: int, seed: int) -> Iterator[Scenes]:
    seeds = tuple(random.seed(seed, "scene", split, index) for index in range(count))
    return (Scenes(seeds[start : start + BLOCK], size, split) for start in range(0, count, BLOCK))


def make(part: Scenes | Crops) -> dict[str, Any]:
    """Make the pictures of one shard as an item: `pictures.npy` and `texts.json` (captions and
    sources).
    """
    items.produce(part.key, lambda folder: _write(folder, list(_draw(part))))
    return {"key": part.key}


def _write(folder: Path, made: list[tuple[np.ndarray, str, str]]) -> None:
    pictures, captions, sources = zip(*made, strict=True)
    np.save(folder / "pictures.npy", np.stack(pictures))
    (folder / "texts.json").write_text(json.dumps({"caption": captions, "source": sources}))


def _draw(part: Scenes | Crops) -> Iterator[tuple[np.ndarray, str, str]]:
    if isinstance(part, Scenes):
        for seed in part.seeds:
            yield *scenes.draw(seed, part.size), f"scene:{seed}"
        return
    pixels, caption, source = (
        part.photograph.pixels(),
        part.photograph.caption,
        f"photograph:{part.photograph.name}",
    )
    whole = int(part.split == PHOTOGRAPHS)
    if whole:
        yield cutting.central_square(pixels, part.size), caption, source
    generator = random.generator(part.seed, "crop", part.photograph.name)
    for square, close in cutting.random_squares(pixels, part.size, part.count - whole, generator):
        yield square, f"{caption} close up" if close else caption, source


def assemble(section: Pictures, parts: list[Scenes | Crops], held: list[Photograph]) -> None:
    """Put the items together in `pictures.zarr`, and the held-out photographs whole in
    `photographs.zarr`.
    """
    attributes = {"params": items.key(section.model_dump(mode="json"))}
    with store.output("pictures") as folder:
        _assemble_pictures(folder, parts, section.size, attributes)
        squares = [cutting.central_square(p.pixels(), section.photograph_size) for p in held]
        side = section.photograph_size
        store.create(
            folder / "photographs.zarr",
            WHOLE_PHOTOGRAPHS,
            {"picture": len(held), "y": side, "x": side, "channel": 3},
            coords={
                "photograph": np.stack(squares),
                "caption": [p.caption for p in held],
                "name": [p.name for p in held],
            },
            attributes=attributes,
        )


def _assemble_pictures(
    folder: Path, parts: list[Scenes | Crops], size: int, attributes: dict[str, Any]
) -> None:
    texts = [json.loads((items.path(part.key) / "texts.json").read_text()) for part in parts]
    counts = [len(text["caption"]) for text in texts]
    group = store.create(
        folder / "pictures.zarr",
        PICTURES,
        {"picture": sum(counts), "y": size, "x": size, "channel": 3},
        coords={
            "caption": [caption for text in texts for caption in text["caption"]],
            "source": [source for text in texts for source in text["source"]],
            "split": np.repeat([part.split for part in parts], counts),
        },
        attributes=attributes,
    )
    blocks = (np.load(items.path(part.key) / "pictures.npy", allow_pickle=False) for part in parts)
    store.fill(group, "picture", PICTURES, blocks)
