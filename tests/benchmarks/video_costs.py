"""What writing and previewing cost: memory and time, each in a process of its own (Linux)."""

import os
import secrets
import subprocess
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import params, store
from tasks.video.files.encoding import h264, program
from tasks.video.files.writing import writer

SIDE, LONG, SHORT, RATE, CLIPS = 512, 1000, 72, 24, 3


def measured() -> dict[str, float]:
    """Return `growth`, MiB that are held more after 1,000 frames than after 20, and `preview`, CPU
    time from the command to the end, s: the least of three clips that were never made before.
    """
    with get_context("spawn").Pool(1) as pool, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return {
            "growth": pool.apply(growth, (place,)),
            "preview": min(preview(place) for _ in range(CLIPS)),
        }


def growth(folder: Path) -> float:
    """Return how many MiB the process grows while it writes."""
    video = params.load("video")
    settings = h264(video.codec, video.crf, video.preset)
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE + LONG, 3), np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 8)
    with writer(folder / "long.mp4", (SIDE, SIDE), RATE, settings, program(video.ffmpeg)) as write:
        for number in range(LONG):
            write(np.ascontiguousarray(soft[:, number : number + SIDE]))
            if number == 20:
                before = resident()
    return resident() - before


def resident() -> float:
    """Return the memory that the process holds, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def preview(folder: Path) -> float:
    """Return the CPU time of a preview."""
    picture = store.read("pictures", WHOLE_PHOTOGRAPHS)["photograph"][0].values
    cv2.imwrite(str(folder / "picture.png"), np.ascontiguousarray(picture[..., ::-1]))
    asked = [str(folder / "picture.png"), "--out", str(folder / "out"), "--size", str(SIDE)]
    length = ["--seconds", str(SHORT / RATE), "--fps", str(RATE), "--preview"]
    return spent("flows.render", *asked, *length, "--seed", str(secrets.randbelow(2**31)))


def spent(module: str, *words: str) -> float:
    """Return the CPU time of a module and of the processes that it starts, on one core."""
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "--cpu-list", core, sys.executable, "-m", module, *words]
    child = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{module}: exit status {child.returncode}")
    return usage.ru_utime + usage.ru_stime
