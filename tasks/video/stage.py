"""The stage `video`: the clips of the table of shots, segment by segment.

A segment is an item: stopped anywhere, a run makes none of them twice. Nor are pictures painted
twice, which the segments of a clip share.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import code, items, registry, store
from tasks.impressions.extract import Extractor
from tasks.impressions.stored import stored
from tasks.kuramoto.field import Dynamics
from tasks.video.files import clip, encoding
from tasks.video.files.overview import Overview
from tasks.video.params import Video
from tasks.video.registry import FORMATS
from tasks.video.takes import casting, preparation, shots, sources
from tasks.video.takes.casting import Take
from tasks.video.takes.filming import Digests, Sections, Work, digest, filmed
from tasks.video.takes.footage import Footage

TABLE = store.DATA / "shots.yaml"
INDEX = "clips.json"
MOTION, ABOUT = "motion.npz", "about.json"
"""The motion of a clip, and what is told of it, lie beside its first segment."""

QUICK = "ultrafast", "superfast", "veryfast"
"""Presets of libx264 and libx265 that a preview keeps; instead of a slower one it has the last."""

MEASURED = 480
"""Frames of a clip that is measured, at most: all of them, reduced, are then in memory. Of a video
the motion is not known that a clip should have.
"""


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
        the oscillators cannot do what is asked of them, or ffmpeg does not know it.
    """
    video = sections.video
    executable = encoding.program(video.ffmpeg)
    encoding.check(executable, [video.codec, *(each["c:v"] for each in more(video).values())])
    digests = () if preview else (digest("base"), digest("controlnet"))
    read = stored(sections.features, sections.impressions)
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
    takes = casting.cast(found, stage, str(where))
    check(takes, read)
    return [part for take in takes for part in parts(take, sections, digests)]


def check(takes: Sequence[Take], read: Extractor) -> None:
    """Let the oscillators begin once with each of the dynamics that the takes have.

    Raises:
        InputError: a time step is not stable, or they cannot do what is asked of them.
    """
    known: list[Dynamics] = []
    for take in takes:
        dynamics = take.video.dynamics()
        if not isinstance(take.source, Footage) and dynamics not in known:
            known.append(dynamics)
            dynamics.start(*preparation.oscillators(read, name=take.name, seed=take.seed))


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
        sections.impressions.of_a_picture(),
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


def make(part: Part) -> dict[str, Any]:
    """Make the item of one segment, and return what it belongs to."""
    take = part.work.take

    def write(folder: Path) -> None:
        found = filmed(part.work)
        numbers = range(part.start, part.stop)
        for _ in clip.segment(folder, found.film, numbers, form(part.work)):
            pass
        if part.start == 0:
            if found.motion is not None:
                found.motion.save(folder / MOTION)
            (folder / ABOUT).write_text(json.dumps(found.about))

    items.produce(part.key, write)
    return {"name": take.name, "caption": take.prompt, "variant": take.variant, "key": part.key}


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
    written = form(work)
    return clip.join(folder, name, segments, motion=motion, form=written, about=about, sound=sound)


def form(work: Work) -> clip.Format:
    """Return how the files are written; of a preview, the MP4 alone."""
    section = work.take.video
    slow = section.codec in {"libx264", "libx265"} and section.preset not in QUICK
    preset = QUICK[-1] if work.preview and slow else section.preset
    player = encoding.h264(section.codec, section.crf, preset)
    also = {} if work.preview else more(section)
    executable = encoding.program(section.ffmpeg)
    return clip.Format(section.rate, player, executable, also, lossless=not work.preview)


def more(section: Video) -> dict[str, Any]:
    """Return the settings of the other formats, by suffix."""
    return {
        f".{choice['name']}": registry.build(FORMATS, choice, what="video.also")()
        for choice in section.also
    }
