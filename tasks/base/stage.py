"""The stage `base`: a base model, copied, pointed to, or trained from nothing."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from safetensors.torch import load_file, save_file

from tasks.artifacts.pictures import PICTURES, SCENES, TRAIN
from tasks.base import autoencoder, corpus, curves, parts, scratch, sources, weights
from tasks.base.params import Base
from tasks.base.parts import Parts, Sizes
from tasks.base.scratch import Pace
from tasks.base.states import States
from tasks.base.training import Training
from tasks.conditioning import model
from tasks.core import backend, code, items, random, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime

EMBEDDED, SCRATCH = "embedded", "scratch"
WEIGHTS, CURVE = "average.safetensors", "curve.json"
MEASURED = 64
"""Held-out scenes that the curve is measured on."""


@dataclass(frozen=True)
class Learning:
    """One of the two trainings, its states, and the item of its end; that of the denoiser needs
    the `decoder`'s item.
    """

    section: Base
    device: str
    pictures: str
    states: States
    key: str
    decoder: str | None = None


def plan(section: Base, runtime: Runtime) -> list[Learning]:
    """Return the trainings in order, the decoder's first: none unless from scratch. Keys cover
    the code, the parameters and the pictures.

    Raises:
        InputError: the pictures are too few or of a size that the U-Net cannot halve.
    """
    if section.model != SCRATCH:
        return []
    data = store.read("pictures", PICTURES)
    side = data.sizes["y"]
    cells = autoencoder.FACTOR * 2 ** (len(section.scratch.channels) - 1)
    if side % cells:
        raise InputError(
            f"base.scratch.channels: {len(section.scratch.channels)} scales need pictures whose "
            f"side is a multiple of {cells} pixels, not {side}"
        )
    if int((data.split.values == TRAIN).sum()) < 2:
        raise InputError("pictures: fewer than two to train on; raise pictures.scenes")
    device = backend.torch_device(runtime.device)
    how = section.scratch.model_dump(exclude={"checkpoint"})
    pictures = store.digest(store.locate("pictures", PICTURES))
    version, machine = code.version("tasks.base.stage"), [device, runtime.threads]
    run = items.key(version, how, section.seed, pictures, machine)
    first, second = (
        Learning(
            section,
            device,
            pictures,
            States(items.key(run, name), section.scratch.checkpoint),
            items.key(run, name, "end", section.scratch.checkpoint),
        )
        for name in ("decoder", "denoiser")
    )
    return [first, replace(second, decoder=first.key)]


def fit(part: Learning) -> dict[str, Any]:
    """Make the item of one training: the averaged weights and the curve."""

    def write(folder: Path) -> None:
        learning, measured = _decoder(part) if part.decoder is None else _denoiser(part)
        averaged = {name: value.cpu() for name, value in learning.average.state_dict().items()}
        save_file(averaged, folder / WEIGHTS)
        _write(folder / CURVE, {"loss": curves.binned(learning.losses), **measured})

    items.produce(part.key, write)
    return {"key": part.key}


def assemble(section: Base, learnings: list[Learning]) -> None:
    """Write the model, or where it lies, into `data/base/`."""
    with store.output("base") as folder:
        if section.model == EMBEDDED:
            weights.check(weights.FOLDER)
            parts.save(model.load_source(str(weights.FOLDER)), folder)
        elif section.model == SCRATCH:
            _assemble(section, learnings, folder)
        else:
            _write(folder / model.RECORD, sources.record(section.model))


def _assemble(section: Base, learnings: list[Learning], folder: Path) -> None:
    decoder, denoiser = (items.path(each.key) for each in learnings)
    begun = _begin(learnings[0])
    begun.vae.load_state_dict(load_file(decoder / WEIGHTS))
    scratch.pair(begun).load_state_dict(load_file(denoiser / WEIGHTS))
    parts.save(begun, folder)
    pictures, _ = _examples(learnings[0])
    record = {
        "recipe": {"seed": section.seed, **section.scratch.model_dump()},
        "data": {"pictures": len(pictures), "size": pictures.shape[1]},
        "decoder": json.loads((decoder / CURVE).read_text()),
        "denoiser": json.loads((denoiser / CURVE).read_text()),
    }
    _write(folder / curves.FILE, record)


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n")


def _examples(part: Learning) -> tuple[np.ndarray, list[str]]:
    return _read(part.section.scratch.pictures, part.pictures)


@cache
def _read(most: int, digest: str) -> tuple[np.ndarray, list[str]]:
    """Return at most `most` training pictures, evenly chosen, and their captions; `digest` is the
    store's, so that other pictures are another entry of the cache.
    """
    data = store.read("pictures", PICTURES)
    numbers = np.flatnonzero(data.split.values == TRAIN)
    places = np.linspace(0, len(numbers) - 1, min(most, len(numbers)))
    return _taken(data, numbers[places.round().astype(int)])


def _begin(part: Learning) -> Parts:
    recipe, (pictures, captions) = part.section.scratch, _examples(part)
    sizes = Sizes(
        latents=recipe.latents,
        decoder_blocks=tuple(recipe.decoder_blocks),
        channels=tuple(recipe.channels),
        text_width=recipe.text_width,
        text_layers=recipe.text_layers,
        tokens=recipe.tokens,
        caption_length=recipe.caption_length,
    )
    return parts.begin(pictures, captions, sizes, random.seed(part.section.seed, "base", "layers"))


def _pace(part: Learning, rate: float, steps: int, batch: int) -> Pace:
    recipe = part.section.scratch
    seed = part.section.seed
    return Pace(rate, steps, batch, recipe.warm_up, recipe.averaging, seed, part.device)


def _held_out() -> tuple[np.ndarray, list[str]]:
    """Return the held-out scenes that are measured on, and their captions."""
    data = store.read("pictures", PICTURES)
    return _taken(data, np.flatnonzero(data.split.values == SCENES)[:MEASURED])


def _taken(data: xr.Dataset, numbers: np.ndarray) -> tuple[np.ndarray, list[str]]:
    captions = store.take(data.caption, numbers)
    return store.take(data.picture, numbers), [str(caption) for caption in captions]


def _decoder(part: Learning) -> tuple[Training, dict[str, Any]]:
    recipe, begun = part.section.scratch, _begin(part)
    examples = corpus.prepare(*_examples(part), begun.vae, begun.tokenizer)
    pace = _pace(part, recipe.decoder_rate, recipe.decoder_steps, recipe.decoder_batch)
    learning = scratch.decoder(examples, begun, recipe.texture, pace, part.states)
    averaged: Any = learning.average
    ratio = curves.round_trip(replace(begun, vae=averaged).model(), _held_out()[0])
    return learning, {"peak_signal_to_noise": ratio}


def _denoiser(part: Learning) -> tuple[Training, dict[str, Any]]:
    recipe, begun = part.section.scratch, _begin(part)
    assert part.decoder is not None
    begun.vae.load_state_dict(load_file(items.path(part.decoder) / WEIGHTS))
    examples = corpus.prepare(*_examples(part), begun.vae, begun.tokenizer)
    pace = _pace(part, recipe.rate, recipe.steps, recipe.batch)

    def measure(learning: Training) -> None:
        place = _distance(part, learning.step)
        items.produce(place, lambda folder: _measure(learning, begun, folder))

    learning = scratch.denoiser(examples, begun, pace, part.states, measure)
    return learning, {"distance": _distances(part)}


def _distance(part: Learning, step: int) -> str:
    return items.key(part.states.run, "distance", step)


def _distances(part: Learning) -> list[dict[str, float]]:
    """Return the distances at all steps at which they were measured."""
    marks = range(part.states.every, part.section.scratch.steps + 1, part.states.every)
    files = [items.path(_distance(part, step)) / CURVE for step in marks]
    return [json.loads(file.read_text()) for file in files if file.is_file()]


def _measure(learning: Training, begun: Parts, folder: Path) -> None:
    """Write the distance of pictures painted under captions of held-out scenes to those scenes."""
    pictures, captions = _held_out()
    averaged: Any = learning.average
    both = {name: averaged[name] for name in ("unet", "text_encoder")}
    distance = curves.distance(replace(begun, **both).model(), captions, pictures)
    _write(folder / CURVE, {"step": learning.step, "distance": distance})
