"""Photographs out of videos: every n-th frame of each video in a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Annotated

import cv2
import numpy as np
from jaxtyping import UInt8
from pydantic import Field

from tasks.core import store
from tasks.core.errors import InputError
from tasks.pictures.folder import files, names, read_captions
from tasks.pictures.photograph import Photograph

SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"})


@dataclass(frozen=True)
class Video:
    """Every `every`-th frame of the folder's videos, named `<video>-<frame>`."""

    every: Annotated[int, Field(ge=1)]

    def __call__(self, folder: Path, pattern: str, max_pixels: int) -> list[Photograph]:
        """Return the frames as photographs.

        Raises:
            InputError: as `tasks.pictures.folder.files`; or a video cannot be decoded, or is
            larger than `max_pixels` a frame.
        """
        captions = read_captions(folder)
        found = files(folder, pattern, SUFFIXES)
        return [
            photograph
            for name, path in zip(names(found, folder), found, strict=True)
            for caption in [captions.get(path.relative_to(folder).as_posix(), "a photo")]
            for photograph in self._frames(name, path, caption, max_pixels)
        ]

    def _frames(
        self, name: str, path: Path, caption: str, max_pixels: int
    ) -> Iterator[Photograph]:
        digest = store.digest(path)
        for index in range(0, _count(path, max_pixels), self.every):
            yield Photograph(
                name=f"{name}-{index:06d}",
                group=name,
                caption=caption,
                digest=f"{digest}-{index}",
                pixels=partial(_frame, path, digest, index),
            )


def _count(path: Path, max_pixels: int) -> int:
    """Return the number of frames that can be decoded."""
    capture = cv2.VideoCapture(str(path))
    width, height = (
        int(capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    if width * height > max_pixels:
        raise InputError(
            f"{path}: {width}x{height} pixels, more than pictures.max_pixels={max_pixels}; "
            "shrink it or raise the limit"
        )
    count = 0
    while capture.grab():
        count += 1
    capture.release()
    if count == 0:
        raise InputError(f"{path}: no frame of it can be decoded; mend or remove it")
    return count


class _Film:
    """A video that is being read: frames in their order cost one pass, however many they are."""

    def __init__(self, path: Path, digest: str) -> None:
        self.path, self.digest = path, digest
        self._turn = Lock()
        self._rewind()

    def _rewind(self) -> None:
        self._capture, self._next = cv2.VideoCapture(str(self.path)), 0

    def frame(self, index: int) -> UInt8[np.ndarray, "height width 3"]:
        """Return frame `index`."""
        with self._turn:
            if index < self._next:
                self._rewind()
            while self._next < index and self._capture.grab():
                self._next += 1
            good, frame = self._capture.read()
            self._next += 1
        if not good:
            raise InputError(f"{self.path}: frame {index} cannot be decoded; mend or remove it")
        return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)


_film = lru_cache(maxsize=2)(_Film)
"""The films that are open: by path and content, so that a changed file is another film."""


def _frame(path: Path, digest: str, index: int) -> UInt8[np.ndarray, "height width 3"]:
    return _film(path, digest).frame(index)
