"""The stage `video`: clips of the held-out photographs, (photograph, variant) by (photograph,
variant).
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.artifacts.som import SOM
from tasks.conditioning import model
from tasks.conditioning.registry import mode
from tasks.controlnet import network
from tasks.core import backend, code, engine, items, registry, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features.params import Features
from tasks.impressions.extract import Extractor, extractor
from tasks.impressions.params import Impressions
from tasks.video import clip, preparation
from tasks.video.diffusion_painter import DiffusionPainter
from tasks.video.encoding import h264, program
from tasks.video.params import Video
from tasks.video.registry import FRAMES

INDEX = "clips.json"


@dataclass(frozen=True)
class Sections:
    """All parameters that a clip depends on."""

    video: Video
    features: Features
    impressions: Impressions
    runtime: Runtime


@dataclass(frozen=True)
class Part:
    """One photograph in one variant."""

    index: int
    name: str
    caption: str
    variant: str
    sections: Sections
    digests: tuple[str, str, str]
    key: str


def plan(sections: Sections) -> list[Part]:
    """Return a part for each variant of each of the first `clips` photographs.

    Raises:
        InputError: a store is missing, the features do not fit the map, or the ffmpeg that was
        asked for is no program.
    """
    program(sections.video.ffmpeg)
    photographs = store.read("pictures", WHOLE_PHOTOGRAPHS)
    digests = (digest("som"), digest("base"), digest("controlnet"))
    load_extractor(sections)
    common = (
        code.version("tasks.video.stage"),
        digests,
        sections.video.model_dump(exclude={"clips", "variants"}),
        sections.features.model_dump(),
        sections.impressions.model_dump(include={"decoders"}),
        sections.runtime.model_dump(),
    )
    parts = []
    for index in range(min(sections.video.clips, photographs.sizes["picture"])):
        name, caption = (str(photographs[field].values[index]) for field in ("name", "caption"))
        pixels = hashlib.sha256(photographs["photograph"][index].values.tobytes()).hexdigest()
        for variant, choice in sections.video.variants.items():
            key = items.key(*common, pixels, name, caption, variant, choice)
            parts.append(Part(index, name, caption, variant, sections, digests, key))
    return parts


@engine.shard
def make(part: Part) -> dict[str, Any]:
    """Make the item of one part, the files of its clip, and return where it stands."""

    def write(folder: Path) -> None:
        section, seed = part.sections.video, part.sections.runtime.seed
        photograph = store.read("pictures", WHOLE_PHOTOGRAPHS)["photograph"][part.index].values
        read = load_extractor(part.sections)
        xp = backend.namespace(part.sections.runtime.device)
        motion = preparation.motion(
            read, photograph, section.dynamics(), section.motion, name=part.name, seed=seed, xp=xp
        )
        scene = preparation.scene(
            read,
            photograph,
            motion.displacement(),
            name=part.name,
            caption=part.caption,
            seed=seed,
        )
        painter = load_painter(part.sections, part.digests[1:], photograph.shape[:2])
        film = registry.build(
            FRAMES, section.variants[part.variant], what=f"video.variants.{part.variant}"
        )
        for _ in clip.write(folder, part.variant, film(scene, painter), motion, form(section)):
            pass

    items.produce(part.key, write)
    return {"name": part.name, "caption": part.caption, "variant": part.variant, "key": part.key}


def assemble(records: Sequence[dict[str, Any]]) -> None:
    """Put the clips into `data/video/<photograph>/`, and a list of them beside."""
    clips = [{key: record[key] for key in ("name", "caption", "variant")} for record in records]
    with store.output("video") as folder:
        for record in records:
            place = folder / record["name"]
            place.mkdir(exist_ok=True)
            for file in items.path(record["key"]).iterdir():
                shutil.copyfile(file, place / file.name)
        (folder / INDEX).write_text(json.dumps(clips, indent=1) + "\n")


def form(section: Video) -> clip.Format:
    """Return how the files are written."""
    player = h264(section.codec, section.crf, section.preset)
    return clip.Format(section.rate, player, program(section.ffmpeg))


def load_extractor(sections: Sections) -> Extractor:
    """Return the extractor over the trained map."""
    return extractor(
        store.read("som", SOM),
        sections.features.extractors,
        sections.features.cell,
        sections.features.stride,
        sections.impressions.decoders,
    )


def load_painter(
    sections: Sections, digests: tuple[str, ...], size: tuple[int, int]
) -> DiffusionPainter:
    """Return a painter of pictures of `size`; `digests` are those of base model and ControlNet.

    Raises:
        InputError: one of the two is missing.
    """
    section = sections.video
    return DiffusionPainter(
        *_networks(backend.torch_device(sections.runtime.device), digests),
        mode=mode(section.mode, what="video.mode"),
        size=size,
        steps=section.num_inference_steps,
        guidance_scale=section.guidance_scale,
        scheduler=section.scheduler,
        controlnet_conditioning_scale=section.controlnet_conditioning_scale,
    )


@cache
def _networks(device: str, digests: tuple[str, ...]) -> tuple[Any, Any]:
    """Return base model and ControlNet; `digests` make another pair another entry of the cache."""
    controlnet: Any = network.load(store.folder("controlnet"))
    return model.load(store.folder("base"), device), controlnet.to(device)


def digest(stage: str) -> str:
    """Return the digest of what `stage` left.

    Raises:
        InputError: it left nothing yet.
    """
    place = store.folder(stage)
    if not place.is_dir():
        raise InputError(f"{place}: not there; run: dvc repro {stage}")
    return store.digest(place)
