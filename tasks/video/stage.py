"""The stage `video`: the clips of the table of shots, segment by segment.

A segment is an item: stopped anywhere, a run makes none of them twice. Nor are pictures painted
twice, which the segments of a clip share.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.artifacts.som import SOM
from tasks.conditioning.registry import mode
from tasks.core import backend, code, engine, items, registry, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features.params import Features
from tasks.impressions.extract import Extractor, extractor
from tasks.impressions.params import Impressions
from tasks.video import casting, clip, encoding, preparation, shots, sources
from tasks.video.casting import Take
from tasks.video.displacement import Displacement
from tasks.video.dissolve import dissolved
from tasks.video.footage import Footage
from tasks.video.impression_painter import ImpressionPainter
from tasks.video.moving_scene import Following, moving_scene
from tasks.video.overview import Overview
from tasks.video.params import Video
from tasks.video.registry import FORMATS, FRAMES
from tasks.video.remembering import RememberingPainter
from tasks.video.scene import Film, Painter, Scene
from tasks.video.steadying import Chain

TABLE = store.DATA / "shots.yaml"
INDEX = "clips.json"
MOTION, ABOUT = "motion.npz", "about.json"
"""The motion of a clip, and what is told of it, lie beside its first segment."""

MEASURED = 480
"""Frames of a clip that is measured, at most: all of them are then in memory. Of a video the
motion is not known that a clip should have.
"""

Digests = tuple[str, ...]


@dataclass(frozen=True)
class Sections:
    """All parameters that a clip depends on."""

    video: Video
    features: Features
    impressions: Impressions
    runtime: Runtime


@dataclass(frozen=True, eq=False)
class Work:
    """A take and what it is made with; `digests` are those of base model and ControlNet, none for
    a preview, which shows the impression itself. `key` names the clip.
    """

    take: Take
    sections: Sections
    digests: Digests
    key: str

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Work) and self.key == other.key


@dataclass(frozen=True)
class Part:
    """The frames `start` to `stop` of a clip."""

    work: Work
    start: int
    stop: int

    @property
    def key(self) -> str:
        """The name of the segment's item."""
        return items.key(self.work.key, self.start, self.stop)


def plan(
    sections: Sections,
    *,
    folder: Path | None,
    max_pixels: int,
    table: Sequence[shots.Shot] | None = None,
    where: Path = TABLE,
    preview: bool = False,
) -> list[Part]:
    """Return the segments of every clip of a table, in order: of the project's own, or of one that
    is given. The table's files have at most `max_pixels` and lie in `folder`, if there is one.

    Raises:
        InputError: a store is missing, the features do not fit the map, the table has a mistake,
        or ffmpeg does not know what is asked of it.
    """
    video = sections.video
    executable = encoding.program(video.ffmpeg)
    encoding.check(executable, [video.codec, *(each["c:v"] for each in more(video).values())])
    digests = () if preview else (digest("base"), digest("controlnet"))
    load_extractor(sections)
    stage = sources.Stage(
        video=video,
        seed=sections.runtime.seed,
        photographs=photographs(),
        start=where.parent,
        fence=folder,
        stride=sections.features.stride,
        max_pixels=max_pixels,
    )
    found = shots.read(where) if table is None else table
    return [
        part
        for take in casting.cast(found, stage, str(where))
        for part in parts(take, sections, digests)
    ]


def parts(take: Take, sections: Sections, digests: Digests) -> list[Part]:
    """Return the segments of one take."""
    video = take.video
    key = items.key(
        code.version("tasks.video.stage"),
        digest("som"),
        digests,
        video.model_dump(exclude={"variants"}),
        video.variants[take.variant],
        sections.features.model_dump(),
        sections.impressions.model_dump(include={"decoders"}),
        sections.runtime.model_dump(),
        (take.name, take.prompt, take.variant, take.source.identity, take.seed, take.ease),
        [keyframe.model_dump() for keyframe in take.keyframes],
        take.sound and (take.sound.digest, take.sound.amplitude, take.sound.speed),
        take.sound and take.sound.smoothing,
    )
    work = Work(take, sections, digests, key)
    starts = range(0, video.frames, video.segment)
    return [Part(work, start, min(start + video.segment, video.frames)) for start in starts]


def photographs() -> dict[str, tuple[str, sources.Held]]:
    """Return caption and source of each held-out photograph, by name."""
    held = store.read("pictures", WHOLE_PHOTOGRAPHS)
    found = {}
    for index in range(held.sizes["picture"]):
        pixels = hashlib.sha256(held["photograph"][index].values.tobytes()).hexdigest()
        name, caption = (str(held[field].values[index]) for field in ("name", "caption"))
        found[name] = caption, sources.Held(index, pixels)
    return found


@engine.shard
def make(part: Part) -> dict[str, Any]:
    """Make the item of one segment, and return what it belongs to."""
    take = part.work.take

    def write(folder: Path) -> None:
        found = filmed(part.work)
        numbers = range(part.start, part.stop)
        for _ in clip.segment(folder, found.film, numbers, form(take.video)):
            pass
        if part.start == 0:
            if found.motion is not None:
                found.motion.save(folder / MOTION)
            (folder / ABOUT).write_text(json.dumps(found.about))

    items.produce(part.key, write)
    return {"name": take.name, "caption": take.prompt, "variant": take.variant, "key": part.key}


@dataclass(frozen=True, eq=False)
class Filmed:
    """The film of a clip, its motion, and figures about it."""

    film: Film
    motion: clip.Motion | None
    about: dict[str, float]


@lru_cache(maxsize=1)
def filmed(work: Work) -> Filmed:
    """Return what a clip is made of; nothing is painted before its first frame is asked for."""
    take, sections = work.take, work.sections
    read, picture = load_extractor(sections), take.source.picture()
    painter = load_painter(sections, work.digests, picture.shape[:2])
    keyframes = [(each.number(take.video.rate), each) for each in take.keyframes]
    shares = preparation.prompts(take.prompt, take.video.frames, keyframes, ease=take.ease)
    motion = None if isinstance(take.source, Footage) else moved(work, read, picture)
    scenes = scenes_of(take, read, picture, motion, list(shares))
    variant = take.video.variants[take.variant]
    way = registry.build(FRAMES, variant, what=f"video.variants.{take.variant}")
    films = [way(scene, painter) for scene in scenes]
    about = extent(scenes[0].displacement, painter, preview=not work.digests)
    return Filmed(dissolved(films, list(shares.values())), motion, about)


def moved(work: Work, read: Extractor, picture: sources.Picture) -> clip.Motion:
    """Return the motion of a picture."""
    take, video = work.take, work.take.video
    keyframes = [(each.number(video.rate), each) for each in take.keyframes]
    return preparation.motion(
        read,
        picture,
        video.dynamics(),
        video.motion,
        name=take.name,
        seed=take.seed,
        xp=backend.namespace(work.sections.runtime.device),
        schedule=preparation.schedule(
            video.frames,
            video.period,
            video.cycles,
            keyframes,
            ease=take.ease,
            drives=driven(take),
        ),
    )


def driven(take: Take) -> dict[str, Any]:
    """Return the factors that the sound track gives."""
    if take.sound is None:
        return {}
    video = take.video
    return take.sound.drives(video.frames, video.rate, encoding.program(video.ffmpeg))


def scenes_of(
    take: Take,
    read: Extractor,
    picture: sources.Picture,
    motion: clip.Motion | None,
    prompts: Sequence[str],
) -> list[Scene]:
    """Return the scene of a take with each of its prompts."""
    common = {"name": take.name, "seed": take.seed}
    if motion is None:
        assert isinstance(take.source, Footage)
        steadying = Chain(**take.video.steadying.model_dump())
        one: Scene = moving_scene(
            take.source, read, steadying, frames=take.video.frames, caption=prompts[0], **common
        )
    else:
        one = preparation.scene(read, picture, motion.displacement(), caption=prompts[0], **common)
    return [replace(one, caption=prompt) for prompt in prompts]


def extent(displacement: Displacement, painter: Painter, *, preview: bool) -> dict[str, float]:
    """Return the amplitude that was asked for and the one that is safe, in widths of the picture,
    and the latter in cells of the latents: what a painter does not see moves less than one.
    """
    if isinstance(displacement, Following):
        return {}
    told = {"requested_amplitude": displacement.requested, "amplitude": displacement.amplitude}
    if not preview:
        told["amplitude_in_latent_cells"] = displacement.amplitude * painter.noise_shape[2]
    return told


def assemble(parts: Sequence[Part]) -> None:
    """Put the clips into `data/video/<name>/`, and a list of them beside."""
    with store.output("video") as folder:
        clips = [
            {"name": take.name, "caption": take.prompt, "variant": take.variant}
            for take in (work.take for work in works(parts))
            if measurable(take)
        ]
        for work in works(parts):
            join(work, parts, folder / work.take.name, work.take.variant)
        (folder / INDEX).write_text(json.dumps(clips, indent=1) + "\n")


def measurable(take: Take) -> bool:
    """Return whether the clip is short enough, and has a motion, to be measured."""
    return not isinstance(take.source, Footage) and take.video.frames <= MEASURED


def works(parts: Sequence[Part]) -> list[Work]:
    """Return the clips that the segments belong to, in order."""
    return list(dict.fromkeys(part.work for part in parts))


def join(work: Work, parts: Sequence[Part], folder: Path, name: str) -> Overview:
    """Write the files of one clip into `folder`, from its segments, and return its overview."""
    segments = [items.path(part.key) for part in parts if part.work == work]
    arrays = segments[0] / MOTION
    motion = clip.Motion.load(work.take.video.motion, arrays) if arrays.exists() else None
    about = json.loads((segments[0] / ABOUT).read_text())
    sound = work.take.sound and work.take.sound.path
    written = form(work.take.video)
    return clip.join(folder, name, segments, motion=motion, form=written, about=about, sound=sound)


def form(section: Video) -> clip.Format:
    """Return how the files are written."""
    player = encoding.h264(section.codec, section.crf, section.preset)
    return clip.Format(section.rate, player, encoding.program(section.ffmpeg), more(section))


def more(section: Video) -> dict[str, Any]:
    """Return the settings of the other formats, by suffix."""
    return {
        f".{choice['name']}": registry.build(FORMATS, choice, what="video.also")()
        for choice in section.also
    }


def load_extractor(sections: Sections) -> Extractor:
    """Return the extractor over the trained map."""
    return extractor(
        store.read("som", SOM),
        sections.features.extractors,
        sections.features.cell,
        sections.features.stride,
        sections.impressions.decoders,
    )


def load_painter(sections: Sections, digests: Digests, size: tuple[int, int]) -> Painter:
    """Return a painter of pictures of `size`, which paints nothing twice; `digests` are those of
    base model and ControlNet, or none for the impression itself.

    Raises:
        InputError: one of the two is missing.
    """
    if not digests:
        return ImpressionPainter(size)
    from tasks.video.diffusion_painter import DiffusionPainter

    section = sections.video
    painter = DiffusionPainter(
        *_networks(backend.torch_device(sections.runtime.device), digests),
        mode=mode(section.mode, what="video.mode"),
        size=size,
        steps=section.num_inference_steps,
        guidance_scale=section.guidance_scale,
        scheduler=section.scheduler,
        controlnet_conditioning_scale=section.controlnet_conditioning_scale,
    )
    settings = ("mode", "controlnet_conditioning_scale", "scheduler", "num_inference_steps")
    identity = (
        code.version("tasks.video.diffusion_painter"),
        digests,
        section.model_dump(include={*settings, "guidance_scale"}),
        sections.runtime.model_dump(exclude={"seed"}),
    )
    return RememberingPainter(painter, identity)


@cache
def _networks(device: str, digests: Digests) -> tuple[Any, Any]:
    """Return base model and ControlNet; `digests` make another pair another entry of the cache."""
    from tasks.conditioning import model
    from tasks.controlnet import network

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
