"""How frames become a file: ffmpeg's command line.

The lossless encoding (FFV1 in Matroska, every frame a key frame with checksums) keeps the frames
bit by bit. H.264 in MP4 is for looking at: BT.709, 4:2:0, index first; odd sides are padded by one
line, since 4:2:0 needs even ones. Others are variants (`formats`). All leave out whatever differs
between machines or runs: one thread, bit-exact flags, no metadata. The encoder's own version stays
in the file, so that equal bytes need an equal ffmpeg; the pinned one comes with the package
imageio-ffmpeg.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from tasks.core.errors import InputError

REPEATABLE = {
    "threads": 1,
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "map_metadata": -1,
    "an": None,
}
LOSSLESS = {
    "format": "matroska",
    "c:v": "ffv1",
    "level": 3,
    "g": 1,
    "slicecrc": 1,
    "pix_fmt": "bgr0",
}
BT709 = {
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "color_range": "tv",
}
QUIET = ("-hide_banner", "-loglevel", "error", "-nostats", "-nostdin")


def program(choice: str | None) -> str:
    """Return the ffmpeg to run: the pinned one, or `choice`, a path or a name on the search path.

    Raises:
        InputError: `choice` is no program.
    """
    if choice is None:
        return imageio_ffmpeg.get_ffmpeg_exe()
    found = shutil.which(choice)
    if found is None or not os.access(found, os.X_OK):
        raise InputError(
            f"video.ffmpeg: {choice!r} is no program; give a path, or null for the one "
            "that is installed along"
        )
    return found


@cache
def encoders(executable: str) -> frozenset[str]:
    """Return the names of the encoders that this ffmpeg has.

    Raises:
        InputError: it does not start, or is no ffmpeg.
    """
    try:
        told = subprocess.run(
            [executable, "-hide_banner", "-encoders"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(f"video.ffmpeg: {executable} is no ffmpeg ({error})") from None
    _, _, listed = told.partition("------")
    return frozenset(line.split()[1] for line in listed.splitlines() if len(line.split()) > 1)


def check(executable: str, codecs: Iterable[str]) -> None:
    """Refuse a codec that this ffmpeg has not.

    Raises:
        InputError: one is unknown.
    """
    for codec in codecs:
        if codec not in encoders(executable):
            raise InputError(
                f"video.codec: {codec!r} is no encoder of {Path(executable).name}; "
                f"see: {executable} -encoders"
            )


def h264(codec: str, crf: int, preset: str) -> dict[str, Any]:
    """Return the settings of an MP4 for players; `crf` 0 (lossless) to 51, 18 looks clean.

    No frame refers to a later one (`bf` 0): how far frames are stored out of order differs between
    short files and long ones, and files that differ in it cannot be joined without a gap.
    """
    return {
        "format": "mp4",
        "c:v": codec,
        "crf": crf,
        "preset": preset,
        "bf": 0,
        "pix_fmt": "yuv420p",
        "movflags": "+faststart",
        **BT709,
    }


def command(
    path: Path, size: tuple[int, int], rate: int, settings: Mapping[str, Any], executable: str
) -> list[str]:
    """Return the command that reads raw RGB frames of `size` = (rows, columns) from its input and
    writes `path`.
    """
    source = ffmpeg.input(
        "pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{size[1]}x{size[0]}", framerate=rate
    )
    if settings["pix_fmt"] == "yuv420p":
        source = source.filter("pad", "ceil(iw/2)*2", "ceil(ih/2)*2")
        source = source.filter("scale", out_color_matrix="bt709", out_range="tv")
        source = source.filter("setparams", color_primaries="bt709", color_trc="bt709")
    return compiled(ffmpeg.output(source, f"file:{path}", **REPEATABLE, **settings), executable)


def compiled(output: Any, executable: str) -> list[str]:
    """Return the command that makes `output`, replaces what is there, and says only what fails."""
    return output.global_args(*QUIET).overwrite_output().compile(cmd=executable)
