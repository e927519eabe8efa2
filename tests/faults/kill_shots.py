"""Kill the rendering of ten shots with SIGKILL in the middle, twice, and compare the hashes.

    python -m tests.faults.kill_shots --json FILE

Run it in a checkout whose stages are up to date: the shots are painted by its model. What is made
lies in a folder of its own, `.cache/kill_shots.tmp`. An undisturbed run comes first; then the same
table is rendered anew, killed a moment after a random number of segments is there, started again,
killed further on, and left to end. Both kills must have come in the middle. All files must have
the same hashes; no segment that was there after a kill may have been written again; and the run
after a kill must say that it reuses as many as were there.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.video.files.overview import save

PLACE = Path(".cache/kill_shots.tmp")
SHOTS, FRAMES, SEGMENT, SIZE = 10, 24, 8, 128
SEGMENTS = SHOTS * FRAMES // SEGMENT
TALLY = re.compile(r"render: (\d+) of (\d+) items reused, (\d+) to compute")


def project(place: Path) -> Path:
    """Make a project at `place` with the data of this one, items of its own, and a table."""
    place.mkdir(parents=True)
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["video"]["segment"] = SEGMENT
    values["items"]["root"] = ".cache/items"
    (place / "params.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    (place / "data").symlink_to(Path("data").resolve())
    held = store.read("pictures", WHOLE_PHOTOGRAPHS)
    shots = []
    for number in range(SHOTS):
        index = number % held.sizes["picture"]
        save(place / f"shot{number}.png", held["photograph"][index].values)
        shots.append({"picture": f"shot{number}.png", "frames": FRAMES, "size": SIZE})
        shots[-1] |= {"prompt": str(held["caption"].values[index]), "seed": number}
    (place / "shots.yaml").write_text(yaml.safe_dump({"shots": shots}))
    return place


def start(place: Path) -> subprocess.Popen[str]:
    """Start the rendering."""
    words = ["--shots", place / "shots.yaml", "--out", place / "out", "--root", place]
    return subprocess.Popen(
        [sys.executable, "-m", "flows.render", *map(str, words)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str], place: Path, number: int, seconds: float) -> None:
    """Kill a run and its children up to `seconds` after `number` segments are there."""
    while len(segments(place)) < number and process.poll() is None:
        time.sleep(0.02)
    time.sleep(random.uniform(0, seconds))
    os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str]) -> dict[str, object]:
    """Return how a run ended and what it said of its items."""
    _, said = process.communicate()
    found = TALLY.search(said)
    tally = [int(word) for word in found.groups()] if found else None
    return {"status": process.returncode, "reused": tally and tally[0], "of": tally and tally[1]}


def segments(place: Path) -> dict[str, int]:
    """Return when each finished segment was written, by its item."""
    found = (place / ".cache/items").glob("*/*/segment.json")
    return {
        each.parent.name: each.stat().st_mtime_ns
        for each in found
        if not each.parent.name.endswith(".tmp")
    }


def hashes(place: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that was made."""
    return {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted((place / "out").iterdir())
    }


def main() -> None:
    """Do it, and write what happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(PLACE, ignore_errors=True)
    begin = time.monotonic()
    whole = project(PLACE / "whole")
    undisturbed = ended(start(whole))
    seconds = time.monotonic() - begin
    killed = project(PLACE / "killed")
    runs, before, again = [], {}, 0
    for number in (random.randint(3, 12), random.randint(18, SEGMENTS - 5), None):
        process = start(killed)
        if number is not None:
            kill(process, killed, number, seconds / SEGMENTS / 4)
        runs.append({"there_before": len(before), **ended(process)})
        after = segments(killed)
        again += sum(after.get(item) != written for item, written in before.items())
        before = after
        print(runs[-1], len(after), flush=True)
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "shots": SHOTS,
        "segments": len(before),
        "undisturbed": undisturbed,
        "runs": runs,
        "written_again": again,
        "files": len(hashes(whole)),
        "same_hashes": hashes(whole) == hashes(killed),
    }
    arguments.json.write_text(json.dumps(record, indent=2) + "\n")
    shutil.rmtree(PLACE)
    counted = all(run["reused"] in (None, run["there_before"]) for run in runs)
    there = [run["there_before"] for run in runs]
    middle = 0 == there[0] < there[1] < there[2] < SEGMENTS
    kept = record["same_hashes"] and not again and counted and middle
    sys.exit(0 if kept else "not as it should be")


if __name__ == "__main__":
    main()
