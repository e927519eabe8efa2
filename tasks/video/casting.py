"""From the table of shots to takes: one clip each, its picture found, its values settled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from jaxtyping import UInt8

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.core.errors import InputError
from tasks.pictures import reading
from tasks.video.paintable import paintable
from tasks.video.params import Video
from tasks.video.shots import Keyframe, Shot, checked

Picture = UInt8[np.ndarray, "y x 3"]


class Source(Protocol):
    """Where a picture comes from."""

    @property
    def identity(self) -> Any:
        """What names the picture, for keys."""
        ...

    def picture(self) -> Picture:
        """Return the picture at the size at which it is painted."""
        ...


@dataclass(frozen=True)
class Held:
    """Photograph `index` of the store `pictures`, with the digest of its pixels."""

    index: int
    digest: str

    @property
    def identity(self) -> str:
        """The digest."""
        return self.digest

    def picture(self) -> Picture:
        """Return the photograph as it is."""
        return store.read("pictures", WHOLE_PHOTOGRAPHS)["photograph"][self.index].values


@dataclass(frozen=True)
class Filed:
    """A picture's file, and how it is cut: see `paintable`."""

    path: Path
    digest: str
    shorter: int
    stride: int
    upscale: int
    max_pixels: int

    @property
    def identity(self) -> tuple[Any, ...]:
        """The digest of the file, and the cut."""
        return self.digest, self.shorter, self.stride, self.upscale

    def picture(self) -> Picture:
        """Return the picture, cut."""
        return paintable(
            reading.load(self.path, max_pixels=self.max_pixels),
            self.shorter,
            stride=self.stride,
            upscale=self.upscale,
            name=str(self.path),
        )


@dataclass(frozen=True)
class Take:
    """One clip: the section `video` as it holds for this clip, and what changes along it."""

    name: str
    prompt: str
    variant: str
    source: Source
    seed: int
    video: Video
    keyframes: tuple[Keyframe, ...]
    ease: bool


@dataclass(frozen=True)
class Stage:
    """What shots are made with: the section `video`, the seed, the held-out photographs (name to
    caption and source), the folder that paths start from, the one that they may not leave, and
    how files are cut.
    """

    video: Video
    seed: int
    photographs: Mapping[str, tuple[str, Held]]
    start: Path
    fence: Path | None
    stride: int
    max_pixels: int


def cast(shots: Sequence[Shot], stage: Stage, where: str) -> list[Take]:
    """Return the takes; `where` names the table in messages.

    Raises:
        InputError: a picture is not there, two clips have one name, or a value is wrong.
    """
    takes: list[Take] = []
    for shot in shots:
        label = f"{where}: {shot.name or shot.picture}"
        names = {take.name for take in takes}
        for take in _takes(shot, stage, label):
            if take.name in names:
                raise InputError(f"{label}: two shots of the name {take.name!r}; rename one")
            takes.append(take)
    return takes


def _takes(shot: Shot, stage: Stage, label: str) -> Iterator[Take]:
    video = settled(shot, stage.video, label)
    variants = shot.variants or (next(iter(video.variants)),)
    for variant in variants:
        if variant not in video.variants:
            known = ", ".join(video.variants)
            raise InputError(f"{label}: variants: unknown name {variant!r}; choose of {known}")
    found = list(_found(shot, stage, video, label))[: shot.at_most]
    if shot.name is not None and len(found) > 1:
        raise InputError(f"{label}: {len(found)} pictures would have this name; leave it out")
    twice = [
        name for place, (name, *_) in enumerate(found) if name in {f[0] for f in found[:place]}
    ]
    if twice:
        raise InputError(f"{label}: two shots of the name {twice[0]!r}; rename a picture")
    _check_keyframes(shot, video, label)
    seed = stage.seed if shot.seed is None else shot.seed
    for name, caption, source in found:
        prompt = caption if shot.prompt is None else shot.prompt
        for variant in variants:
            yield Take(
                shot.name or name,
                prompt,
                variant,
                source,
                seed,
                video,
                shot.keyframes,
                shot.interpolation == "ease",
            )


def settled(shot: Shot, video: Video, label: str) -> Video:
    """Return the section as it holds for the shot.

    Raises:
        InputError: a value is wrong.
    """
    rate = shot.fps or video.rate
    frames = shot.frames or video.frames
    if shot.seconds is not None:
        frames = round(shot.seconds * rate)
    values = {"rate": rate, "frames": frames, "cycles": shot.cycles or video.cycles}
    motion = shot.motion or {}
    if motion.get("name", video.motion["name"]) == video.motion["name"]:
        motion = {**video.motion, **motion}
    return checked(Video, {**video.model_dump(), **values, "motion": motion}, label)


def _check_keyframes(shot: Shot, video: Video, label: str) -> None:
    numbers = [keyframe.number(video.rate) for keyframe in shot.keyframes]
    for number in numbers:
        if number >= video.frames:
            raise InputError(
                f"{label}: keyframes: frame {number} is beyond the last of {video.frames}, "
                f"{video.frames - 1}"
            )
    if any(one >= other for one, other in pairwise(numbers)):
        raise InputError(f"{label}: keyframes: not in the order of time")


def _found(
    shot: Shot, stage: Stage, video: Video, label: str
) -> Iterator[tuple[str, str, Source]]:
    """Yield name, caption and source of every picture that the shot stands for."""
    known = [name for name in stage.photographs if fnmatchcase(name, shot.picture)]
    for name in known:
        yield name, *stage.photographs[name]
    if known:
        return
    path = stage.start / shot.picture
    if not path.exists():
        raise InputError(
            f"{label}: picture: {path} is not there, nor a held-out photograph of that name"
        )
    fence = stage.fence
    if fence is not None and fence.resolve() not in path.resolve().parents:
        raise InputError(
            f"{label}: picture: {path} lies outside {fence}, which DVC watches; copy it there"
        )
    paths = [path]
    if path.is_dir():
        paths = sorted(p for p in path.iterdir() if p.suffix.lower() in reading.SUFFIXES)
        if not paths:
            raise InputError(f"{label}: picture: no picture in the folder {path}")
    upscale = next(iter(video.variants.values())).get("upscale", 1)
    shorter = shot.size or video.size
    for each in paths:
        digest = store.digest(each)
        source = Filed(each, digest, shorter, stage.stride, upscale, stage.max_pixels)
        source.picture()  # whatever is wrong with it is told before anything is painted
        yield each.stem, "", source
