"""A clip on disk: its frames without loss, the same for players, and what they were made of.

It is made segment by segment, and its files are those of the segments, joined.

<name>.mkv   the frames, lossless; none of a preview
<name>.mp4   the frames, for players
<name>.json  size, rate, motion, and the SHA-256 of every frame's RGB bytes
<name>.npz   the phases (rad) and the map coordinates (nodes), from which the displacement follows,
             and the schedule, where it is not played just as it is
<name>_sheet.png, <name>_slice.png
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from jaxtyping import UInt8

from tasks.core.errors import InputError
from tasks.video.files import joining
from tasks.video.files.encoding import LOSSLESS
from tasks.video.files.overview import Overview
from tasks.video.files.writing import writer
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.motion import Motion
from tasks.video.scene import Film, Frame

LOSSLESS_SUFFIX, GIF = ".mkv", ".gif"
SEGMENT, OVERVIEW, RECORD = "segment", "overview.npz", "segment.json"
"""The files of a segment."""


@dataclass(frozen=True)
class Format:
    """Frames a second, the settings of the file for players, the ffmpeg that writes, the settings
    of more files by their suffix, and whether the frames are kept without loss.
    """

    rate: int
    player: Mapping[str, Any]
    executable: str
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lossless: bool = True

    @property
    def streams(self) -> dict[str, Mapping[str, Any]]:
        """The settings of the files that are written frame by frame, by suffix."""
        more = {suffix: each for suffix, each in self.also.items() if suffix != GIF}
        kept = {LOSSLESS_SUFFIX: LOSSLESS} if self.lossless else {}
        return {**kept, ".mp4": self.player, **more}


def segment(folder: Path, film: Film, numbers: range, form: Format) -> Iterator[int]:
    """Make the frames of these numbers and write their files into `folder`; yield each number
    once its frame is out.

    Nothing of a frame is kept but its hash, one line of pixels and, of twelve a clip, a thumbnail.
    """
    overview, hashes = Overview(film.frames, numbers.start), list[str]()
    with ExitStack() as stack:
        sinks = [
            stack.enter_context(
                writer(
                    folder / f"{SEGMENT}{suffix}", film.size, form.rate, settings, form.executable
                )
            )
            for suffix, settings in form.streams.items()
        ]
        for number in numbers:
            frame = film.frame(number)
            for sink in sinks:
                sink(frame)
            overview.add(frame)
            hashes.append(digest(frame))
            yield number
    overview.save(folder / OVERVIEW)
    about = {"frames": film.frames, "height": film.size[0], "width": film.size[1]}
    (folder / RECORD).write_text(json.dumps({**about, "sha256": hashes}))


def join(
    folder: Path,
    name: str,
    segments: Sequence[Path],
    *,
    motion: Motion | None,
    form: Format,
    about: Mapping[str, float],
    sound: Path | None = None,
) -> Overview:
    """Write the files of the clip `name` into `folder` from all its segments, in order, and return
    its overview; `about` holds figures for the record, `sound` is a file whose track is added to
    what players show.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = [json.loads((each / RECORD).read_text()) for each in segments]
    lengths = [len(each["sha256"]) for each in found]
    for suffix in form.streams:
        pieces = [
            (each / f"{SEGMENT}{suffix}", frames)
            for each, frames in zip(segments, lengths, strict=True)
        ]
        path = folder / f"{name}{suffix}"
        track = None if suffix == LOSSLESS_SUFFIX else sound
        joining.join(path, pieces, form.rate, form.executable, sound=track)
    if GIF in form.also:
        lossless = folder / f"{name}{LOSSLESS_SUFFIX}"
        joining.gif(folder / f"{name}{GIF}", lossless, form.also[GIF], form.executable)
    record = {
        "frames": found[0]["frames"],
        "rate": form.rate,
        "height": found[0]["height"],
        "width": found[0]["width"],
        "motion": None if motion is None else dict(motion.choice),
        **about,
        "sha256": [sha for each in found for sha in each["sha256"]],
    }
    if motion is not None:
        motion.save(folder / f"{name}.npz")
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")
    overview = Overview.joined(record["frames"], [each / OVERVIEW for each in segments])
    overview.write(folder, name)
    return overview


def digest(frame: Frame) -> str:
    """Return the SHA-256 of the frame's RGB bytes."""
    return hashlib.sha256(np.ascontiguousarray(frame).data).hexdigest()


def record(folder: Path, name: str) -> dict[str, Any]:
    """Return what the clip's JSON holds.

    Raises:
        InputError: the clip is not there.
    """
    path = folder / f"{name}.json"
    if not path.is_file():
        raise InputError(f"{path}: not there; run: dvc repro video")
    return json.loads(path.read_text())


def frames(path: Path) -> Iterator[Frame]:
    """Yield the frames of a video file, one after the other, as 8-bit RGB.

    Raises:
        InputError: the file is missing, or no video.
    """
    if not path.is_file():
        raise InputError(f"{path}: not there; run: dvc repro video")
    try:
        reader = imageio_ffmpeg.read_frames(str(path), pix_fmt="rgb24")
        width, height = next(reader)["size"]  # pyright: ignore[reportArgumentType, reportCallIssue, reportIndexIssue]
        for data in reader:
            yield np.frombuffer(data, np.uint8).reshape(height, width, 3)  # pyright: ignore[reportArgumentType, reportCallIssue]
    except (OSError, StopIteration, RuntimeError) as error:
        reason = " ".join(str(error).split())[-200:] or type(error).__name__
        raise InputError(f"{path}: not readable as a video ({reason})") from None


def read(folder: Path, name: str) -> UInt8[np.ndarray, "frame y x 3"]:
    """Return all frames of a clip, bit by bit those that were made.

    Raises:
        InputError: a file is missing, or a frame is not the one that the record names.
    """
    wanted = record(folder, name)["sha256"]
    found = np.stack(list(frames(folder / f"{name}.mkv")))
    if [digest(frame) for frame in found] != wanted:
        raise InputError(
            f"{folder / name}.mkv: not the frames that {name}.json names; run: dvc repro video"
        )
    return found


def motion(folder: Path, name: str) -> Motion:
    """Return the motion of a clip."""
    return Motion.load(record(folder, name)["motion"], folder / f"{name}.npz")


def displacement(folder: Path, name: str) -> Displacement:
    """Return the displacement that moved the frames of a clip."""
    return motion(folder, name).displacement()
