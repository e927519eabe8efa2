"""The stage `orientation_samples`: blocks of samples, set by set, one tree and two film strips,
then the stores, the pictures and the figures.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from tasks.artifacts.orientation import CROPS
from tasks.artifacts.orientation_samples import FREE, RENDERED, SAMPLES, STEERED
from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import backend, code, engine, items, random, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.impressions.turns import by_turns
from tasks.orientation import trained
from tasks.orientation.arm import last
from tasks.orientation.layout import CHANNELS, Layout, layout
from tasks.orientation.phase import decode, encode
from tasks.orientation.steering import Steered, condition
from tasks.orientation.trained import Trained
from tasks.orientation_samples import drawing, film, measuring, tree
from tasks.orientation_samples.params import OrientationSamples

STAGE = "tasks.orientation_samples.stage"
BLOCK = 16
"""Samples drawn at a time."""
PHASES, LEVELS, METRICS = "phase.npy", "levels.npz", "metrics.json"
TREE, FORWARD, REVERSE = "tree", "forward", "reverse"


@dataclass(frozen=True)
class Part:
    """Something to draw, by the numbers of its pictures, and its item."""

    section: OrientationSamples
    runtime: Runtime
    model: str
    kind: str
    numbers: tuple[int, ...]
    key: str

    @property
    def device(self) -> str:
        """The name of PyTorch's device."""
        return backend.torch_device(self.runtime.device)


@dataclass(frozen=True)
class Plan:
    """All that the stage draws."""

    sets: tuple[Part, ...]
    ways: tuple[Part, ...]

    @property
    def all(self) -> list[Part]:
        """Every part."""
        return [*self.sets, *self.ways]


def plan(section: OrientationSamples, runtime: Runtime) -> Plan:
    """Return the work. Keys cover the code, the parameters, the model and the photographs.

    Raises:
        InputError: a store is missing, the model is not whole, or the side does not suit it.
    """
    model = store.digest(store.folder("orientation"))
    _check_side(section.side, _model(model, backend.torch_device(runtime.device)))
    photographs = store.digest(store.locate("pictures", WHOLE_PHOTOGRAPHS))
    held, rendered = len(_held_out(model)), len(_photographs(photographs, section.side))
    steered = min(section.samples, held)
    sets = [(FREE, section.samples), (STEERED, steered), (RENDERED, rendered)]

    def part(kind: str, numbers: range) -> Part:
        read = photographs if kind == RENDERED else ""
        parts = (code.version(STAGE), section.model_dump(), runtime.model_dump(), model, read)
        key = items.key(*parts, kind, list(numbers))
        return Part(section, runtime, model, kind, tuple(numbers), key)

    return Plan(
        tuple(
            part(kind, range(at, min(at + BLOCK, count)))
            for kind, count in sets
            for at in range(0, count, BLOCK)
        ),
        tuple(part(kind, range(section.shown)) for kind in (TREE, FORWARD, REVERSE)),
    )


def _check_side(side: int, model: Trained) -> None:
    needed = math.lcm(model.cell, model.multiple)
    if side % needed:
        raise InputError(
            f"orientation_samples.side: {side}; the model needs a multiple of {needed}"
        )


@engine.shard
def draw(part: Part) -> dict[str, Any]:
    """Make the item of one part: phases, or the states of a tree or a film."""

    def write(folder: Path) -> None:
        model = _model(part.model, part.device)
        generator = random.torch_generator(part.runtime.seed, STAGE, part.kind, part.numbers[0])
        if part.kind in (FREE, STEERED, RENDERED):
            np.save(folder / PHASES, _sample(part, model, generator), allow_pickle=False)
        else:
            levels = _way(part, model, generator)
            named: Any = {f"{at:03}": each for at, each in enumerate(levels)}
            np.savez(folder / LEVELS, **named)

    items.produce(part.key, write)
    return {"kind": part.kind, "pictures": len(part.numbers), "key": part.key}


def _sample(part: Part, model: Trained, generator: torch.Generator) -> np.ndarray:
    section, network, side = part.section, model.network, model.size
    if part.kind != FREE:
        layouts, known = _steering(part, model.cell)
        side = layouts.shape[-1] * model.cell
        shown = condition(torch.from_numpy(layouts), torch.from_numpy(known), side)
        network = Steered(network, shown.to(part.device), section.guidance)
    start = model.arm.prior.draw((len(part.numbers), 1, side, side), generator)
    states = model.arm.unfold(network, start, section.evaluations, generator)
    return last(states)[:, 0].cpu().numpy()


def _steering(part: Part, cell: int) -> tuple[Layout, np.ndarray]:
    """Return the layouts of the part's originals, and where they are clear enough to steer."""
    found = layout(_originals(part), cell)
    least = part.section.clear if part.kind == RENDERED else 0.0
    return found, (np.hypot(found[:, 0], found[:, 1]) >= least).astype(np.float32)


def _way(part: Part, model: Trained, generator: torch.Generator) -> Sequence[np.ndarray]:
    section, arm, side = part.section, model.arm, model.size
    count = 1 if part.kind == TREE else section.shown
    if part.kind == FORWARD:
        pictures = torch.from_numpy(_held_out(part.model)[:count])[:, None]
        start = encode(pictures, arm.reach).to(part.device)
        states = film.forward(arm, start, section.frames, generator).states
    else:
        start = arm.prior.draw((count, 1, side, side), generator)
        if part.kind == TREE:
            states = tree.grow(
                arm,
                model.network,
                start,
                branches=section.branches,
                evaluations=section.evaluations,
                generator=generator,
            )
        else:
            way = [*arm.unfold(model.network, start, section.evaluations, generator)]
            times = list(arm.times(section.evaluations))
            states = film.chosen(times, [*reversed(way), start], section.frames).states[::-1]
    return [state[:, 0].cpu().numpy() for state in states]


def assemble(section: OrientationSamples, work: Plan) -> None:
    """Put samples, pictures and figures into `data/orientation_samples/`."""
    model = _model(work.sets[0].model, work.sets[0].device)
    with store.output("orientation_samples") as folder:
        pictures = {}
        for kind in (FREE, STEERED, RENDERED):
            parts = [part for part in work.sets if part.kind == kind]
            if parts:
                pictures[kind] = _store(folder / f"{kind}.zarr", parts, model)
        figures = _figures(work, pictures, model)
        (folder / METRICS).write_text(json.dumps(figures, indent=1, allow_nan=False) + "\n")
        for part in work.ways:
            drawing.save(folder / f"{part.kind}.png", _sheet(part, model.arm.reach))


def _store(path: Path, parts: Sequence[Part], model: Trained) -> np.ndarray:
    phases = np.concatenate([_load(part.key) for part in parts])
    pictures = decode(torch.from_numpy(phases), model.arm.reach).numpy()
    rows = phases.shape[1] // model.cell
    layouts = np.zeros((len(phases), len(CHANNELS), rows, rows), np.float32)
    originals = np.zeros_like(pictures)
    if parts[0].kind != FREE:
        originals = np.concatenate([_originals(part) for part in parts])
        layouts = np.concatenate([_steering(part, model.cell)[0] for part in parts])
    sizes = dict(zip(("sample", "y", "x"), phases.shape, strict=True))
    store.create(
        path,
        SAMPLES,
        {**sizes, "channel": len(CHANNELS), "row": rows, "col": rows},
        coords={"picture": pictures, "phase": phases, "layout": layouts, "original": originals},
        attributes={"params": items.key(parts[0].section.model_dump())},
    )
    return pictures


def _figures(work: Plan, pictures: dict[str, np.ndarray], model: Trained) -> dict[str, Any]:
    first = work.sets[0]
    held, seed = _held_out(first.model), first.runtime.seed
    steered, free = pictures[STEERED], pictures[FREE]
    wanted = layout(held[: len(steered)], model.cell)
    return {
        **{
            kind: measuring.distances(each, held, random.generator(seed, STAGE, "metrics", kind))
            for kind, each in ((FREE, free), (STEERED, steered))
        },
        "layout": {
            STEERED: measuring.alignment(steered, wanted, model.cell),
            FREE: measuring.alignment(free[: len(wanted)], wanted, model.cell),
        },
    }


def _sheet(part: Part, reach: float) -> np.ndarray:
    levels = [each for _, each in sorted(np.load(items.path(part.key) / LEVELS).items())]
    pictures = decode(torch.from_numpy(levels[-1]), reach).numpy()
    if part.kind == TREE:
        return drawing.tree(levels, pictures)
    strips = [list(drawing.coloured(np.stack(states))) for states in zip(*levels, strict=True)]
    if part.kind == REVERSE:
        strips = [[*row, each] for row, each in zip(strips, drawing.grey(pictures), strict=True)]
    return drawing.rows(strips)


def _originals(part: Part) -> np.ndarray:
    if part.kind == RENDERED:
        digest = store.digest(store.locate("pictures", WHOLE_PHOTOGRAPHS))
        return _photographs(digest, part.section.side)[list(part.numbers)]
    return _held_out(part.model)[list(part.numbers)]


def _load(key: str) -> np.ndarray:
    return np.load(items.path(key) / PHASES, allow_pickle=False)


@cache
def _model(digest: str, device: str) -> Trained:
    """Return the model of the store `digest`."""
    return trained.load(store.folder("orientation"), device)


@cache
def _held_out(digest: str) -> np.ndarray:
    """Return the held-out crops of the store `digest`, the sheets taking turns."""
    data = store.read("orientation", CROPS)
    numbers = np.flatnonzero(data.held_out.values)
    turns = by_turns(data.source.values[numbers].tolist())
    return store.take(data.picture, numbers)[turns]


@cache
def _photographs(digest: str, side: int) -> np.ndarray:
    """Return the held-out photographs of the store `digest`, grey, `side` pixels wide."""
    whole = store.read("pictures", WHOLE_PHOTOGRAPHS).photograph.values
    grey = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in whole)
    return np.stack(
        [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in grey]
    )
