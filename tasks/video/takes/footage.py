"""Videos as a source: frames at a chosen rate, decoded one after the other.

No more than the last few frames are kept, at the size at which they are painted, so that memory
does not depend on the video. A frame is found by counting from the first one: jumping to a time
would give another frame where times are rounded.
"""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import imageio_ffmpeg
import numpy as np
from jaxtyping import UInt8

from tasks.core.errors import InputError
from tasks.video.takes.paintable import paintable
from tasks.video.takes.shots import Shot

KEPT = 64
Picture = UInt8[np.ndarray, "y x 3"]


@dataclass(frozen=True)
class Facts:
    """Frames a second, length in seconds, and size (rows, columns) of a video."""

    rate: float
    seconds: float
    size: tuple[int, int]


def facts(path: Path, *, max_pixels: int) -> Facts:
    """Return what the file says of itself; its first frame has been decoded.

    Raises:
        InputError: it cannot be decoded, or has more than `max_pixels` a frame.
    """
    reader = _reader(path, None)
    about = next(reader)
    width, height = about["size"]
    if width * height > max_pixels:
        raise InputError(
            f"{path}: {width}x{height} pixels, more than pictures.max_pixels={max_pixels}; "
            "shrink it or raise the limit"
        )
    if next(reader, None) is None or not about["fps"] > 0:
        raise InputError(f"{path}: no frame of it can be decoded; mend or remove it")
    reader.close()
    return Facts(about["fps"], about["duration"], (height, width))


@dataclass(frozen=True)
class Footage:
    """A video at `rate` frames a second, each frame cut as pictures are: see `paintable`."""

    path: Path
    digest: str
    rate: int
    seconds: float
    shorter: int
    stride: int
    upscale: int

    @property
    def frames(self) -> int:
        """The number of frames."""
        return int(self.seconds * self.rate + 1e-6)

    def lengthened(self, shot: Shot, label: str) -> Shot:
        """Return the shot at the rate of the video and, if it says no length, as long.

        Raises:
            InputError: it is longer.
        """
        asked = shot.frames
        if shot.seconds is not None:
            asked = round(shot.seconds * self.rate)
        if asked is not None and asked > self.frames:
            raise InputError(f"{label}: {asked} frames are more than the {self.frames} there are")
        length = {"frames": asked or self.frames, "seconds": None}
        return shot.model_copy(update={"fps": self.rate, **length})

    @property
    def identity(self) -> tuple[Any, ...]:
        """The digest of the file, the rate and the cut."""
        return self.digest, self.rate, self.shorter, self.stride, self.upscale

    def picture(self) -> Picture:
        """Return the first frame."""
        return self.frame(0)

    def frame(self, number: int) -> Picture:
        """Return a frame, cut.

        Raises:
            InputError: the video ends before it.
        """
        return self._frames(number)

    @cached_property
    def _frames(self) -> Any:
        return lru_cache(maxsize=KEPT)(_Roll(self))


class _Roll:
    """A video that is being read: frames in their order cost one pass."""

    def __init__(self, footage: Footage) -> None:
        self.footage, self._turn = footage, Lock()
        self._rewind()

    def _rewind(self) -> None:
        self._reader, self._next = _reader(self.footage.path, self.footage.rate), 0
        width, height = next(self._reader)["size"]
        self._shape = (height, width, 3)

    def __call__(self, number: int) -> Picture:
        with self._turn:
            if number < self._next:
                self._rewind()
            data = None
            while self._next <= number:
                data = next(self._reader, None)
                self._next += 1
        if data is None:
            raise InputError(f"{self.footage.path}: frame {number} cannot be decoded; mend it")
        whole = np.frombuffer(data, np.uint8).reshape(self._shape)
        cut = self.footage
        return paintable(
            whole, cut.shorter, stride=cut.stride, upscale=cut.upscale, name=str(cut.path)
        )


def _reader(path: Path, rate: int | None) -> Generator[Any]:
    """Yield what is known of the video, then its frames as bytes."""
    options = [] if rate is None else ["-vf", f"fps={rate}"]
    reader = imageio_ffmpeg.read_frames(str(path), pix_fmt="rgb24", output_params=options)
    try:
        yield from reader
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())[-160:] or type(error).__name__
        raise InputError(f"{path}: not readable as a video ({reason})") from None
    finally:
        reader.close()
