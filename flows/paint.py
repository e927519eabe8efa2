"""Paint: pictures painted anew from their impressions, with the map and the models that the
pipeline has made; each file says how it was made.

python -m flows.paint photo.jpg --prompt "a harbour at dusk" --out painted
python -m flows.paint folder --style reference.jpg --out painted
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tasks.conditioning import files, loaded
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.controlnet import network
from tasks.core import backend, code, engine, items, locks, params, progress, project, store
from tasks.core.errors import InputError
from tasks.features.params import Features
from tasks.generation.params import Generation
from tasks.impressions import palette
from tasks.impressions.extract import Extractor
from tasks.impressions.params import Impressions
from tasks.impressions.readable import readable
from tasks.impressions.stored import stored
from tasks.pictures import cutting, reading
from tasks.pictures.folder import Folder
from tasks.pictures.photograph import Photograph

BLOCK = 32
"""Pictures painted in one batch: the same ones always, so that stopping changes no byte."""
FAITHFUL = {"name": "faithful", "steps": 12, "keep": 0.03, "edges": 0.0}
STYLED = {"name": "styled", "controlnet_conditioning_scale": 1.0, "weight": 0.5, "until": 0.3}
READ = ("base", "controlnet", "som")

log = logging.getLogger("impression_fields")


@dataclass(frozen=True)
class Painting:
    """How all pictures are painted: the parameters, the mode, and the reference of the look."""

    generation: Generation
    features: Features
    impressions: Impressions
    choice: dict[str, Any]
    size: int
    seed: int
    device: str
    reference: np.ndarray | None
    digests: dict[str, str]

    def record(self, photograph: Photograph, prompt: str) -> dict[str, Any]:
        """Return what a picture is a function of, and nothing else."""
        how = self.generation
        return {
            "prompt": prompt,
            "seed": self.seed,
            "mode": self.choice,
            "steps": how.num_inference_steps,
            "scheduler": how.scheduler,
            "guidance_scale": how.guidance_scale,
            "size": self.size,
            "picture": {"name": photograph.name, "digest": photograph.digest},
            "model": self.digests["base"],
            "inputs": self.digests,
            "impression": items.key(self.features.model_dump(), self.impressions.model_dump()),
            "code": code.version("tasks.generation.stage"),
        }

    def __call__(
        self, extractor: Extractor, block: Sequence[Photograph], prompts: Sequence[str]
    ) -> np.ndarray:
        """Return the pictures of one block."""
        squares = np.stack([self._square(each) for each in block])
        request = Request(
            captions=prompts,
            names=[photograph.name for photograph in block],
            seed=self.seed,
            size=(self.size, self.size),
            steps=self.generation.num_inference_steps,
            guidance_scale=self.generation.guidance_scale,
            scheduler=self.generation.scheduler,
            maps=extractor(squares),
            readable=readable(
                extractor.channels,
                self.features.cell,
                self.features.stride,
                self.impressions.decoders,
            ),
            pictures=squares,
            controlnet=network.load(store.folder("controlnet"), self.device),
            reference=None if self.reference is None else self.reference[None],
        )
        base = loaded.base(store.folder("base"), self.digests["base"], self.device)
        return mode(self.choice, what="mode")(base, request)

    def _square(self, photograph: Photograph) -> np.ndarray:
        pixels = photograph.pixels()
        least = self.features.cell
        if min(pixels.shape[:2]) < least:
            raise InputError(
                f"{photograph.name}: {pixels.shape[1]}x{pixels.shape[0]} pixels, smaller than a "
                f"cell of {least}; give a larger picture"
            )
        square = cutting.central_square(pixels, self.size)
        return square if self.reference is None else palette.moved(square, self.reference)


def paint(asked: argparse.Namespace) -> list[Path]:
    """Make the files that the command line asks for, and return them; those that are there
    already, made in the same way, are left.

    Raises:
        InputError: the user's mistake, before anything is painted.
    """
    painting, photographs = prepare(asked), sources(asked.pictures)
    names = [each.name for each in photographs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{twice}: two pictures have this name; rename one of them")
    prompts = [each.caption if asked.prompt is None else asked.prompt for each in photographs]
    prompts = [" ".join(prompt.split()) for prompt in prompts]
    records = [painting.record(*pair) for pair in zip(photographs, prompts, strict=True)]
    made = [asked.out / f"{name}.{asked.format}" for name in names]
    blocks = [slice(at, at + BLOCK) for at in range(0, len(made), BLOCK)]
    due = [at for at in blocks if list(map(files.read, made[at])) != records[at]]
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{asked.out}: no folder for pictures ({error.strerror})") from None
    extractor = stored(painting.features, painting.impressions)
    gpu = painting.device == "cuda"
    with (
        locks.turn(engine.GPU) if gpu else nullcontext(),
        progress.shown("paint", len(blocks), unit="batch", done=len(blocks) - len(due)) as advance,
    ):
        for at in due:
            painted = painting(extractor, photographs[at], prompts[at])
            for file, picture, record in zip(made[at], painted, records[at], strict=True):
                files.write(file, picture, record)
            advance()
    return made


def prepare(asked: argparse.Namespace) -> Painting:
    """Return how the pictures are painted.

    Raises:
        InputError: an unknown mode, one that does not suit, or a size that cannot be painted.
    """
    names = ("generation", "features", "impressions", "runtime", "pictures")
    generation, features, impressions, runtime, pictures = map(params.load, names)
    size = asked.size or pictures.size
    if size % features.stride or size < features.cell:
        raise InputError(
            f"size: {size} pixels; give a multiple of features.stride = {features.stride}, "
            f"at least a cell of {features.cell}"
        )
    reference = asked.style and cutting.central_square(
        reading.load(asked.style, max_pixels=pictures.max_pixels), size
    )
    choice = chosen(asked, generation)
    if asked.faithful and choice["name"] == FAITHFUL["name"]:
        raise InputError("mode: the one that paints is faithful already; leave out --faithful")
    digests = {name: store.digest(store.folder(name)) for name in READ}
    if asked.style:
        digests["style"] = store.digest(asked.style)
    return Painting(
        generation=generation,
        features=features,
        impressions=impressions,
        choice=FAITHFUL | {"painted": choice} if asked.faithful else choice,
        size=size,
        seed=runtime.seed if asked.seed is None else asked.seed,
        device=backend.torch_device(runtime.device),
        reference=reference,
        digests=digests,
    )


def chosen(asked: argparse.Namespace, generation: Generation) -> dict[str, Any]:
    """Return the mode that is asked for, by its name in `generation.modes`; with a reference and
    no name, mode `styled`, which hears a prompt only where one is given.

    Raises:
        InputError: there is no such mode, or it does not read what is given.
    """
    if asked.mode is None and asked.style:
        return {**STYLED, "caption_share": 0.0 if asked.prompt is None else 1.0}
    label = asked.mode or "controlnet"
    if label not in generation.modes:
        known = ", ".join(generation.modes)
        raise InputError(f"mode: {label!r} is not in generation.modes; choose one of {known}")
    choice = generation.modes[label]
    needed = "reference" in mode(choice, what="mode").needs
    if needed and not asked.style:
        raise InputError(f"mode: {label} needs a reference; give --style FILE")
    if asked.style and not needed:
        raise InputError(f"mode: {label} and --style FILE do not go together; leave out one")
    return choice


def sources(places: Sequence[Path]) -> list[Photograph]:
    """Return the pictures of files and folders, in order.

    Raises:
        InputError: one is not there, or a folder holds none.
    """
    most = params.load("pictures").max_pixels
    found = []
    for place in places:
        if place.is_dir():
            found += Folder()(place, "**/*", most)
            continue
        if not place.is_file():
            raise InputError(f"{place}: not there; give a picture or a folder")
        pixels = partial(reading.load, place, max_pixels=most)
        digest = store.digest(place)
        found.append(Photograph(place.stem, place.stem, "a photo", digest, pixels))
    return found


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for, its paths absolute."""
    parser = argparse.ArgumentParser(prog="python -m flows.paint", description=__doc__)
    add = parser.add_argument
    add("pictures", metavar="PICTURE", type=Path, nargs="+", help="a picture or a folder")
    add("--prompt", help="what to paint (default: each picture's caption)")
    add("--style", type=Path, help="a picture whose palette and texture they get")
    add("--out", type=Path, required=True, help="folder for the pictures")
    add("--mode", help="name in generation.modes (default: controlnet; styled with --style)")
    add("--faithful", action="store_true", help="bring what is painted nearer to its impression")
    add("--seed", type=int, help="(default: runtime.seed)")
    add("--size", type=int, help="side, pixels (default: pictures.size)")
    add("--format", choices=[suffix[1:] for suffix in files.SUFFIXES], default="png")
    add("--root", type=Path, help="the project's folder, where it is not the current one")
    asked = parser.parse_args(words)
    asked.pictures, asked.out = [path.absolute() for path in asked.pictures], asked.out.absolute()
    asked.style = asked.style and asked.style.absolute()
    return asked


def main(words: Sequence[str] | None = None) -> None:
    """Run the command: exit status 0, or 1 after one line about the user's mistake."""
    asked = arguments(words)
    progress.speak(log)
    try:
        project.enter(asked.root)
        backend.configure(params.load("runtime").threads)
        for path in paint(asked):
            log.info("%s", path)
    except InputError as error:
        sys.exit(f"paint: {error}")
    except KeyboardInterrupt:
        sys.exit("paint: stopped")


if __name__ == "__main__":
    main()
