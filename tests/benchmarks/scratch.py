"""A project of its own for a benchmark: parameters of the checkout with changes, pictures of any
kind, and stages run in child processes whose time and memory are taken.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from tasks.artifacts.pictures import PICTURES
from tasks.core import store

ROOT = Path(__file__).resolve().parents[2]


class Cost(NamedTuple):
    """What a stage took: CPU time in seconds, peak resident memory in bytes."""

    cpu_seconds: float
    peak_bytes: int


def begin(folder: Path, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Make `folder` a project whose parameters are the checkout's, with `changes` by section."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = yaml.safe_load((ROOT / "params.yaml").read_text())
    for section, values in changes.items():
        sections[section] |= values
    (folder / "params.yaml").write_text(yaml.safe_dump(sections))


def write_pictures(
    folder: Path, shape: tuple[int, int, int], blocks: Iterable[np.ndarray]
) -> None:
    """Write the store `pictures` of `shape` (number, height, width), all for training."""
    count, height, width = shape
    sizes = {"picture": count, "y": height, "x": width, "channel": 3}
    before = Path.cwd()
    os.chdir(folder)
    try:
        with store.output("pictures") as place:
            group = store.create(place / "pictures.zarr", PICTURES, sizes)
            for name in ("caption", "source"):
                store.array_of(group, name)[...] = np.full(count, "")
            store.fill(group, "picture", PICTURES, blocks)
    finally:
        os.chdir(before)


def run(folder: Path, stage: str) -> Cost:
    """Return what the stage took in a child process with one thread, from nothing: items that an
    earlier run has left are removed first.
    """
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    shutil.rmtree(folder / "data" / stage, ignore_errors=True)
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    environment = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    child = subprocess.Popen(
        [sys.executable, "-m", f"flows.{stage}", "--root", str(folder.resolve())],
        cwd=ROOT,
        env=environment | alone,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{stage}: exit status {child.returncode}")
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
