"""Where the picture of a shot comes from: the held-out photographs, a file, a folder, a video."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from jaxtyping import UInt8

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.core.errors import InputError
from tasks.pictures import reading
from tasks.pictures.video import SUFFIXES
from tasks.video.files.encoding import program
from tasks.video.params import Video
from tasks.video.takes import footage
from tasks.video.takes.footage import Footage
from tasks.video.takes.paintable import paintable
from tasks.video.takes.shots import Shot
from tasks.video.takes.sound import Sound, envelope

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
class Found:
    """A picture, what it is called, and what it shows."""

    name: str
    caption: str
    source: Source


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


def search(shot: Shot, stage: Stage, label: str) -> Iterator[Found]:
    """Yield every picture that the shot stands for; whatever is wrong with one is told now.

    Raises:
        InputError: there is none, it is damaged, or it lies where it may not; `label` names the
        shot.
    """
    known = [name for name in stage.photographs if fnmatchcase(name, shot.picture)]
    if known:
        yield from (Found(name, *stage.photographs[name]) for name in known)
        return
    path = _placed(shot.picture, stage, f"{label}: picture")
    paths = [path]
    if path.is_dir():
        paths = sorted(each for each in path.iterdir() if each.suffix.lower() in reading.SUFFIXES)
        if not paths:
            raise InputError(f"{label}: picture: no picture in the folder {path}")
    for each in paths:
        yield Found(each.stem, "", _opened(each, shot, stage))


def heard(shot: Shot, stage: Stage, label: str) -> Sound | None:
    """Return the sound track of the shot.

    Raises:
        InputError: the file is not there, lies where it may not, or has no sound.
    """
    if shot.audio is None:
        return None
    path = _placed(shot.audio.file, stage, f"{label}: audio.file")
    envelope(path, 1, 1, 0.0, program(stage.video.ffmpeg))
    drives = shot.audio.drives
    smoothing = shot.audio.smoothing
    return Sound(path, store.digest(path), drives.amplitude, drives.speed, smoothing)


def _placed(name: str, stage: Stage, label: str) -> Path:
    path, fence = stage.start / name, stage.fence
    if not path.exists():
        raise InputError(f"{label}: {path} is not there, nor a held-out photograph of that name")
    if fence is not None and fence.resolve() not in path.resolve().parents:
        raise InputError(f"{label}: {path} lies outside {fence}, which DVC watches; copy it there")
    return path


def _opened(path: Path, shot: Shot, stage: Stage) -> Source:
    shorter = stage.video.size if shot.size is None else shot.size
    video = path.suffix.lower() in SUFFIXES
    variants = stage.video.variants
    variant = stage.video.restyled if video else next(iter(variants))
    cut = {
        "shorter": shorter,
        "stride": stage.stride,
        "upscale": variants[variant].get("upscale", 1),
    }
    if video:
        found = footage.facts(path, max_pixels=stage.max_pixels)
        rate = shot.fps or min(max(1, round(found.rate)), 240)
        source = Footage(path, store.digest(path), rate, found.seconds, **cut)
    else:
        source = Filed(path, store.digest(path), **cut, max_pixels=stage.max_pixels)
    source.picture()
    return source
