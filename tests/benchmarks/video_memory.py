"""Memory while a long clip is written: it must not grow with the clip.

    python -m tests.benchmarks.video_memory --json FILE [--frames 1000] [--check]

Frames of 512 x 512 are made and written, lossless and for players, segment by segment, and the
segments joined. What counts is the resident memory of this process after the last frame, less that
after the first segment. With --check the status is 1 where it is more than 50 MiB.
"""

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tasks.video.files import clip
from tasks.video.files.encoding import h264, program
from tasks.video.scene import Film, Frame

SIDE, SEGMENT, RATE, BOUND = 512, 48, 24, 50.0


def resident() -> float:
    """Return the resident memory of this process, MiB."""
    words = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(words[0]) / 1024


def frame(number: int) -> Frame:
    """Return a smooth picture that moves."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) / SIDE
    waves = [np.sin(9 * (x + k * y) + number / 10 + k) for k in range(3)]
    return np.rint(127.5 * (1 + np.stack(waves, axis=-1))).astype(np.uint8)


def grown(frames: int, folder: Path) -> float:
    """Return by how much the memory has grown, MiB."""
    film, form = (
        Film(frames, (SIDE, SIDE), frame),
        clip.Format(RATE, h264("libx264", 18, "medium"), program(None)),
    )
    segments, before = [], 0.0
    for start in range(0, frames, SEGMENT):
        place = folder / f"{start:06d}"
        place.mkdir()
        for _ in clip.segment(place, film, range(start, min(start + SEGMENT, frames)), form):
            pass
        segments.append(place)
        before = before or resident()
    clip.join(folder / "whole", "clip", segments, motion=None, form=form, about={})
    return resident() - before


def main() -> None:
    """Measure and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = grown(asked.frames, Path(place))
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "frames": asked.frames,
        "side": SIDE,
        "grown_mib": round(found, 1),
        "bound_mib": BOUND,
    }
    print(json.dumps(record, indent=1))
    asked.json.write_text(json.dumps(record, indent=1) + "\n")
    sys.exit(1 if asked.check and found > BOUND else 0)


if __name__ == "__main__":
    main()
