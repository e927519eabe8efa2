"""A folder of pictures, a clip each, at the scale of a data set: how fast, how much memory, and
whether being stopped changes a byte.

    python -m tests.faults.dataset --json FILE [--pictures 100] [--frames 48] [--size 128]

Run it in a checkout whose stages are up to date; it works in a project of its own beside FILE,
with this checkout's data. The table of shots goes through the deployment `render/shots` with one
worker of Dask and with two, each time from nothing; then by `flows.render` it is stopped by
SIGTERM, killed, and stopped again, each time an eighth of the items further (a clip is two: what
is painted, and its frames), and finished. Every file must have the same hash each time, and no
process may grow. What is known already is read from FILE, so that a stopped run goes on where it
was.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import yaml

from flows import server
from tasks.artifacts.pictures import PICTURES
from tasks.core import health, store
from tests.flows.harness import (
    ROOT,
    Toy,
    ask,
    at_work,
    call,
    environment,
    processes,
    start,
    until,
)

SIGNALS = (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)
FLAT = 1.1  # the median memory of a process in the last quarter of its life, at most, to the third
SAMPLE = 1.0  # seconds between two looks at the memory
PATIENCE = 24 * 3600


def prepare(place: Path, asked: argparse.Namespace) -> None:
    """Make the project: this checkout's data and graph, the pictures, and the table of shots."""
    place.mkdir(parents=True)
    shutil.copy(ROOT / "dvc.yaml", place)
    (place / "data").symlink_to(ROOT / "data")
    (place / "pictures").mkdir()
    pictures = store.read("pictures", PICTURES)["picture"]
    for number in range(asked.pictures):
        picture = pictures[number * len(pictures) // asked.pictures].values
        cv2.imwrite(str(place / f"pictures/{number:04d}.png"), picture[..., ::-1])
    shot = {"picture": "pictures", "frames": asked.frames, "size": asked.size}
    (place / "shots.yaml").write_text(yaml.safe_dump({"shots": [shot]}))


def from_nothing(place: Path, workers: int) -> None:
    """Set the number of workers, and forget what has been made."""
    values = yaml.safe_load((ROOT / "params.yaml").read_text())
    values["runner"] = {"name": "dask", "address": None, "workers": workers}
    values["runtime"]["threads"] = 1
    (place / "params.yaml").write_text(yaml.safe_dump(values))
    for folder in (".cache", "clips"):
        shutil.rmtree(place / folder, ignore_errors=True)


def hashes(place: Path) -> dict[str, str]:
    """Return the digest of every file that has been made."""
    return {path.name: store.digest(path)[:16] for path in sorted((place / "clips").iterdir())}


@contextmanager
def watched(place: Path) -> Iterator[dict[int, list[int]]]:
    """Yield the resident memory of each process of the project, MiB, as it is sampled."""
    seen: dict[int, list[int]] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLE):
            for process in processes(place):
                try:
                    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
                except (OSError, IndexError):
                    continue
                seen.setdefault(process, []).append(pages * os.sysconf("SC_PAGESIZE") >> 20)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def quarters(seen: dict[int, list[int]]) -> list[dict[str, list[int]]]:
    """Return the median and the greatest memory, MiB, in each quarter of the life of the processes
    that lived for half of the longest life.
    """
    longest = max(map(len, seen.values()))
    lives = [life for life in seen.values() if 2 * len(life) >= longest and len(life) >= 4]
    cut = [
        [life[k * len(life) // 4 : (k + 1) * len(life) // 4] for k in range(4)] for life in lives
    ]
    return [
        {"median": [int(median(part)) for part in parts], "most": [max(part) for part in parts]}
        for parts in cut
    ]


@contextmanager
def serving(place: Path) -> Iterator[Toy]:
    """Yield the project with a server of its own."""
    project = Toy(place, f"http://{server.HOST}:{server.free_port()}/api")
    port = project.url.removesuffix("/api").rpartition(":")[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.server", "--port", port],
        cwd=place,
        env=environment(place / "server"),  # it is none of the processes that are watched
    )
    try:
        assert until(lambda: health.answers(project.url), 120)
        yield project
    finally:
        process.terminate()
        process.wait(30)


def deployed(place: Path, workers: int, frames: int) -> dict[str, Any]:
    """Return what came of a run of the deployment from nothing."""
    from_nothing(place, workers)
    with (
        serving(place) as project,
        at_work(project, sys.executable, "-m", "flows.deploy", "--serve"),
    ):
        assert until(lambda: len(ask(project.url, "deployments")) == 3, 120), project.output()
        numbers = {each["name"]: each["id"] for each in ask(project.url, "deployments")}
        choice = {"shots": {"table": "shots.yaml", "out": "clips"}}
        run = start(project.url, numbers["shots"], choice)
        state: Callable[[], dict] = lambda: call(project.url, "GET", f"flow_runs/{run}")  # noqa: E731
        with watched(place) as seen:
            ended = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
            until(lambda: state()["state_type"] in ended, PATIENCE, pause=2.0)
        if state()["state_type"] != "COMPLETED":
            raise SystemExit(f"{state()['state']['message']}\n{project.output()}")
        seconds = float(state()["total_run_time"])
        shown = [each["type"] for each in ask(project.url, "artifacts")]
    return {
        "workers": workers,
        "seconds": seconds,
        "frames_per_minute": 60.0 * frames / seconds,
        "contact_sheet_shown": "image" in shown,
        "page": (place / "clips/index.html").is_file(),
        "memory": quarters(seen),
        "files": hashes(place),
    }


def stopped(place: Path, pictures: int) -> dict[str, Any]:
    """Return what came of a run that was stopped three times."""
    from_nothing(place, 2)
    stops = []
    for share, number in enumerate(SIGNALS, start=1):
        goal = share * pictures // (len(SIGNALS) + 1)
        begun = rendering(place)
        while done(place) < goal and begun.poll() is None:
            time.sleep(0.1)
        begun.send_signal(number)
        begun.wait(60)
        stops.append({"items": done(place), "ended": until(lambda: not processes(place), 10)})
    last = rendering(place)
    last.wait()
    said = (place / "said").read_text()
    reused = [line for line in said.splitlines() if "items reused" in line]
    if last.returncode:
        raise SystemExit(said)
    return {"stops": stops, "last": reused, "files": hashes(place)}


def rendering(place: Path) -> subprocess.Popen[bytes]:
    """Start the command that makes the clips of the table."""
    with (place / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.render", "--shots", "shots.yaml", "--out", "clips"],
            cwd=place,
            env=Toy(place, "").environment(None),
            stdout=said,
            stderr=said,
        )


def done(place: Path) -> int:
    """Return how many items are there."""
    return sum(path.suffix != ".tmp" for path in place.glob(".cache/items/??/*"))


def verdicts(record: dict[str, Any]) -> list[str]:
    """Return what is not as it should be."""
    one, two, cut = (record["runs"][name] for name in ("one", "two", "stopped"))
    wrong = [
        f"{name}: other bytes"
        for name, run in (("two workers", two), ("stopped", cut))
        if run["files"] != one["files"]
    ]
    lives = [life for run in (one, two) for life in run["memory"]]
    grown = [life for life in lives if life["median"][3] > FLAT * life["median"][2]]
    wrong += [f"memory grows: {life} MiB" for life in grown]
    wrong += [
        f"processes left after stop {n}"
        for n, stop in enumerate(cut["stops"], 1)
        if not stop["ended"]
    ]
    return wrong


def main() -> None:
    """Do what is not known yet, and write the record after each step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--size", type=int, default=128, help="pixels, shorter side")
    asked = parser.parse_args()
    place = asked.json.absolute().with_suffix(".project")
    known = json.loads(asked.json.read_text()) if asked.json.exists() else {}
    sizes = {"pictures": asked.pictures, "frames": asked.frames, "size": asked.size}
    date = {"date": datetime.now(UTC).date().isoformat(), "machine": platform.machine()}
    record = {**date, **sizes, "runs": {}, **known}
    if not place.exists():
        prepare(place, asked)
    frames = asked.pictures * asked.frames
    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "one": lambda: deployed(place, 1, frames),
        "two": lambda: deployed(place, 2, frames),
        "stopped": lambda: stopped(place, asked.pictures),
    }
    for name, step in steps.items():
        if name not in record["runs"]:
            begun = time.monotonic()
            record["runs"][name] = step()
            asked.json.write_text(json.dumps(record, indent=1) + "\n")
            print(name, f"{time.monotonic() - begun:.0f} s", flush=True)
    rates = [record["runs"][name]["frames_per_minute"] for name in ("one", "two")]
    record["ratio"] = rates[1] / rates[0]
    asked.json.write_text(json.dumps(record, indent=1) + "\n")
    print(f"frames a minute: {rates[0]:.0f}, {rates[1]:.0f}: x {record['ratio']:.2f}")
    shutil.rmtree(place)
    sys.exit("; ".join(verdicts(record)) or 0)


if __name__ == "__main__":
    main()
