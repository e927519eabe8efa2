"""Segments become one file: joined as they are, without encoding anything again.

ffmpeg's concat demuxer reads a list of files and copies their packets. Every segment begins with a
key frame that nothing before it is needed for, so that the frames of the whole are those of its
segments. The list gives each duration, n / rate: otherwise the milliseconds of Matroska would add
up to a frame too many in a long clip.

A GIF cannot be joined, since its colours are chosen for the whole: it is made of the finished
lossless file, in two passes, so that no frame has to wait in memory for the last one.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from tasks.video.files.encoding import REPEATABLE, compiled
from tasks.video.files.writing import run

Pieces = Sequence[tuple[Path, int]]
"""Files, and how many frames each has."""


def join(
    path: Path, pieces: Pieces, rate: int, executable: str, *, sound: Path | None = None
) -> None:
    """Write the frames of all pieces, one after the other, into the file `path`, with the sound of
    the file `sound`, as long as they last.

    Raises:
        InputError: ffmpeg refuses a piece, or finds no sound.
    """
    settings = {**REPEATABLE, "c:v": "copy"}
    if path.suffix == ".mp4":
        settings["movflags"] = "+faststart"
    with _beside(path) as place:
        order = Path(place) / "pieces.ffconcat"
        order.write_text(listing(pieces, rate))
        source: Any = [ffmpeg.input(str(order), format="concat", safe=0).video]
        if sound is not None:
            del settings["an"]
            settings |= {"c:a": "libopus" if path.suffix == ".webm" else "aac"}
            settings |= {"flags:a": "+bitexact", "t": sum(n for _, n in pieces) / rate}
            source.append(ffmpeg.input(f"file:{sound}").audio)
        run(path, lambda draft: _to(path, source, draft, settings, executable))


def listing(pieces: Pieces, rate: int) -> str:
    r"""Return the list as the demuxer reads it.

    >>> print(listing([(Path("/it's/a.mkv"), 12)], 24), end="")
    ffconcat version 1.0
    file 'file:/it'\''s/a.mkv'
    duration 0.500000
    """
    lines = ["ffconcat version 1.0"]
    for path, frames in pieces:
        quoted = str(path.absolute()).replace("'", "'\\''")
        lines += [f"file 'file:{quoted}'", f"duration {frames / rate:.6f}"]
    return "\n".join(lines) + "\n"


def gif(path: Path, lossless: Path, settings: Mapping[str, Any], executable: str) -> None:
    """Write the clip `lossless` as a GIF."""
    with _beside(path) as place:
        colours = Path(place) / "colours.png"
        whole = ffmpeg.input(f"file:{lossless}")
        found = whole.filter("palettegen", max_colors=settings["colours"])
        run(colours, lambda draft: _to(colours, found, draft, {"frames:v": 1}, executable))
        shown = ffmpeg.filter([whole, ffmpeg.input(str(colours))], "paletteuse")
        plain = {**REPEATABLE, "c:v": settings["c:v"], "loop": 0}
        run(path, lambda draft: _to(path, shown, draft, plain, executable))


def _beside(path: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a folder beside `path` for what is needed for a moment."""
    return tempfile.TemporaryDirectory(dir=path.parent, prefix=".", suffix=".tmp")


def _to(
    path: Path, source: Any, draft: Path, settings: Mapping[str, Any], executable: str
) -> list[str]:
    """Return the command that writes `source` to `draft`, which becomes `path`."""
    kind = {".mkv": "matroska", ".png": "image2"}.get(path.suffix, path.suffix[1:])
    streams = source if isinstance(source, list) else [source]
    settings = {"format": kind, **settings}
    return compiled(ffmpeg.output(*streams, f"file:{draft}", **settings), executable)
