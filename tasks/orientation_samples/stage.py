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

import numpy as np
import torch

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.orientation_samples import FREE, RENDERED, SAMPLES, STEERED
from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import backend, code, items, random, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.orientation import trained
from tasks.orientation.arms.arm import last
from tasks.orientation.circle.phase import decode, encode
from tasks.orientation.layouts.layout import CHANNELS
from tasks.orientation.layouts.steering import Condition, Steered, condition
from tasks.orientation.trained import Trained
from tasks.orientation_samples import drawing, film, measuring, originals, tree
from tasks.orientation_samples.originals import Originals
from tasks.orientation_samples.params import OrientationSamples

STAGE = "tasks.orientation_samples.stage"
BLOCK = 16
"""Samples drawn at a time."""
PHASES, LEVELS, METRICS = "phase.npy", "levels.npz", "metrics.json"
TREE, FORWARD, REVERSE = "tree", "forward", "reverse"
READ = {"tensor": ("pictures", WHOLE_PHOTOGRAPHS), "impression": ("impressions", IMPRESSIONS)}
"""The store that what is rendered depends on, by the source of its layouts."""


@dataclass(frozen=True)
class Part:
    """Something to draw, by the numbers of its pictures, and its item; `model` and `read` are
    digests of the model and of what is rendered.
    """

    section: OrientationSamples
    runtime: Runtime
    model: str
    read: str
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
    digest = store.digest(store.folder("orientation"))
    model = _model(digest, backend.torch_device(runtime.device))
    _check_side(section.side, model)
    read = store.digest(store.locate(*READ[section.layouts]))
    rendered = len(_rendered(section, read, model.cell).pictures)
    steered = min(section.samples, len(originals.crops(digest, model.cell).pictures))
    sets = [(FREE, section.samples), (STEERED, steered), (RENDERED, rendered)]

    def part(kind: str, numbers: range) -> Part:
        inputs = [digest, read if kind == RENDERED else ""]
        how = [section.model_dump(), runtime.model_dump()]
        key = items.key(code.version(STAGE), inputs, how, kind, list(numbers))
        return Part(section, runtime, digest, read, kind, tuple(numbers), key)

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
        shown = _steering(part, model)
        side = shown.shape[-1]
        network = Steered(network, shown.to(part.device), section.guidance)
    start = model.arm.prior.draw((len(part.numbers), 1, side, side), generator)
    states = model.arm.unfold(network, start, section.evaluations, generator)
    return last(states)[:, 0].cpu().numpy()


def _steering(part: Part, model: Trained) -> Condition:
    """Return the layouts of the part's originals, where they are clear enough to steer, and their
    clusters, where the model knows of any.
    """
    found, numbers = _originals(part, model), list(part.numbers)
    maps = torch.from_numpy(found.layouts[numbers])
    least = part.section.clear if part.kind == RENDERED else 0.0
    side = maps.shape[-1] * model.cell
    shown = condition(maps, (torch.hypot(*maps.unbind(1)) >= least).float(), side)
    if not model.clusters:
        return shown
    known = torch.full_like(maps[:, 0], float(found.seats is not None))
    seats = (
        torch.zeros_like(maps) if found.seats is None else torch.from_numpy(found.seats[numbers])
    )
    return torch.cat([shown, condition(seats, known, side)], 1)


def _way(part: Part, model: Trained, generator: torch.Generator) -> Sequence[np.ndarray]:
    section, arm, side = part.section, model.arm, model.size
    count = 1 if part.kind == TREE else section.shown
    if part.kind == FORWARD:
        pictures = torch.from_numpy(_originals(part, model).pictures[:count])[:, None]
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
    shown = np.zeros_like(pictures)
    if parts[0].kind != FREE:
        numbers = [number for part in parts for number in part.numbers]
        shown = _originals(parts[0], model).pictures[numbers]
        layouts = _originals(parts[0], model).layouts[numbers]
    sizes = dict(zip(("sample", "y", "x"), phases.shape, strict=True))
    store.create(
        path,
        SAMPLES,
        {**sizes, "channel": len(CHANNELS), "row": rows, "col": rows},
        coords={"picture": pictures, "phase": phases, "layout": layouts, "original": shown},
        attributes={"params": items.key(parts[0].section.model_dump())},
    )
    return pictures


def _figures(work: Plan, pictures: dict[str, np.ndarray], model: Trained) -> dict[str, Any]:
    first = work.sets[0]
    found, seed = originals.crops(first.model, model.cell), first.runtime.seed
    steered, free = pictures[STEERED], pictures[FREE]
    held, wanted = found.pictures, found.layouts[: len(steered)]
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


def _originals(part: Part, model: Trained) -> Originals:
    """Return what steers the samples of the part's kind, all of them."""
    if part.kind != RENDERED:
        return originals.crops(part.model, model.cell)
    return _rendered(part.section, part.read, model.cell)


def _rendered(section: OrientationSamples, digest: str, cell: int) -> Originals:
    chosen = originals.photographs if section.layouts == "tensor" else originals.impressions
    return chosen(digest, section.side, cell)


def _load(key: str) -> np.ndarray:
    return np.load(items.path(key) / PHASES, allow_pickle=False)


@cache
def _model(digest: str, device: str) -> Trained:
    """Return the model of the store `digest`."""
    return trained.load(store.folder("orientation"), device)
