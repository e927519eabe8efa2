"""A clip on disk: its frames without loss, the same for players, and what they were made of.

<name>.mkv   the frames, lossless
<name>.mp4   the frames, for players
<name>.json  size, rate, motion, and the SHA-256 of every frame's RGB bytes
<name>.npz   the phases (rad) and the map coordinates (nodes), from which the displacement follows
<name>_sheet.png, <name>_slice.png
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.video.displacement import Displacement
from tasks.video.encoding import LOSSLESS
from tasks.video.overview import Overview
from tasks.video.registry import MOTIONS
from tasks.video.scene import Film, Frame
from tasks.video.writing import writer


@dataclass(frozen=True, eq=False)
class Motion:
    """The choice of a motion, and the phases and map coordinates that it acts on."""

    choice: Mapping[str, Any]
    phase: Float32[np.ndarray, "frame row col"]
    coordinates: Float32[np.ndarray, "y x axis"]

    def displacement(self) -> Displacement:
        """Return the displacement of every frame: a function of this record alone."""
        motion = registry.build(MOTIONS, self.choice, what="video.motion")
        return motion(self.phase.astype(np.float64), self.coordinates.astype(np.float64))


@dataclass(frozen=True)
class Format:
    """Frames a second, the settings of the file for players, and the ffmpeg that writes."""

    rate: int
    player: Mapping[str, Any]
    executable: str


def write(folder: Path, name: str, film: Film, motion: Motion, form: Format) -> Iterator[int]:
    """Make the frames of `film` and write the files of the clip `name` into `folder`; yield the
    number of each frame once it is out.

    Nothing of a frame is kept but its hash, one line of pixels and, of twelve, a thumbnail.
    """
    folder.mkdir(parents=True, exist_ok=True)
    overview, hashes = Overview(film.frames), []
    with ExitStack() as stack:
        sinks = [
            stack.enter_context(
                writer(folder / f"{name}{suffix}", film.size, form.rate, settings, form.executable)
            )
            for suffix, settings in ((".mkv", LOSSLESS), (".mp4", form.player))
        ]
        for number in range(film.frames):
            frame = film.frame(number)
            for sink in sinks:
                sink(frame)
            overview.add(frame)
            hashes.append(digest(frame))
            yield number
    overview.write(folder, name)
    np.savez(folder / f"{name}.npz", phase=motion.phase, coordinates=motion.coordinates)
    record = {
        "frames": film.frames,
        "rate": form.rate,
        "height": film.size[0],
        "width": film.size[1],
    }
    record |= {"motion": dict(motion.choice), "sha256": hashes}
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


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


def displacement(folder: Path, name: str) -> Displacement:
    """Return the displacement that moved the frames of a clip."""
    choice = record(folder, name)["motion"]
    with np.load(folder / f"{name}.npz", allow_pickle=False) as saved:
        return Motion(choice, saved["phase"], saved["coordinates"]).displacement()
