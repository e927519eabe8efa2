"""How fast features are, and how much memory the first stages need.

    python -m tests.benchmarks.features --json FILE [--check] [--counts 1000 10000] [--folder DIR]

**Extractors.** Pictures a second of each extractor (`extract`, cells of 8 pixels every 4) against
plain scikit-image, a picture a call, on scenes of 256 x 256 that the project draws: both sides in
turn, the least of several CPU times, one thread. `PLAIN` says what scikit-image is called for;
where it has no counterpart (position, latents) there is no ratio, and for dense SIFT and local
principal components it is the nearest kin, DAISY and the eigenvalues of the structure tensor.
Latents need the base model in `data/base`.

**Streaming.** Each number of pictures (256 x 256) goes through the stages features, som and
impressions with the parameters of `params.yaml`, each stage in a process of its own with one
thread. The pictures are windows of 256 pixels out of larger scenes, 25 of each, every other one
mirrored. An interrupted run goes on with what FILE does not hold yet.

`--check`: at most 1 GiB in each process, and from the first to the last number, CPU time grows at
most 1.05 times as much as the number does.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from tasks.features.extract import build, extract
from tasks.pictures import scenes
from tests.benchmarks import scratch
from tests.benchmarks.plain import ANGLES, CELL, PLAIN, STRIDE, WAVELENGTHS
from tests.features import choices

SIDE = 256
MARGIN = 64
"""How much larger the scenes are that windows are cut from."""
WINDOWS = 25
"""Windows of one scene."""
STAGES = ("features", "som", "impressions")
MEMORY, GROWTH = 1 << 30, 1.05
FIELDS: dict[str, dict[str, Any]] = {
    **choices.FIELDS,
    "entropy": {"levels": 32},
    "gabor": {"wavelengths": list(WAVELENGTHS), "orientations": len(ANGLES)},
    "slic": {"size": 16, "compactness": 10.0},
}


def seconds(function: Callable[[], object]) -> float:
    """Return the CPU time of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def extractors(count: int, times: int) -> dict[str, dict[str, float | None]]:
    """Return pictures a second of both sides, and their ratio, for each extractor."""
    pictures = np.stack([scenes.draw(seed, SIDE)[0] for seed in range(count)])
    rows = {}
    for name, fields in FIELDS.items():
        if name == "latents" and not Path("data/base").is_dir():
            continue
        chosen = build([{"name": name, "weight": 1.0, **fields}])
        extract(pictures[:1], chosen, CELL, STRIDE)
        peer, ours, theirs = PLAIN.get(name), [], []
        for _ in range(times):
            ours.append(seconds(lambda chosen=chosen: extract(pictures, chosen, CELL, STRIDE)))
            if peer is not None:
                theirs.append(seconds(lambda peer=peer: [peer(one) for one in pictures]))
        rows[name] = row(count, ours, theirs)
        say(name, rows[name])
    return rows


def row(count: int, ours: list[float], theirs: list[float]) -> dict[str, float | None]:
    """Return the figures of the least times."""
    return {
        "pictures_a_second": count / min(ours),
        "scikit_image": count / min(theirs) if theirs else None,
        "ratio": min(theirs) / min(ours) if theirs else None,
    }


def say(name: str, figures: dict[str, float | None]) -> None:
    """Print one line of the table."""
    ours, theirs, ratio = figures.values()
    beside = "" if ratio is None else f"  scikit-image {theirs:8.1f}  ratio {ratio:6.2f}"
    print(f"{name:12} {ours:8.1f} pictures/s{beside}", flush=True)


def blocks(count: int) -> Iterator[np.ndarray]:
    """Yield `count` pictures, the windows of one scene at a time."""
    for seed in range(-(-count // WINDOWS)):
        scene, _ = scenes.draw(seed, SIDE + MARGIN)
        places = np.random.default_rng(seed).integers(0, MARGIN + 1, (WINDOWS, 2))
        windows = [
            scene[y : y + SIDE, x : x + SIDE, :][:, :: -1 if index % 2 else 1]
            for index, (y, x) in enumerate(places)
        ]
        yield np.stack(windows)[: count - seed * WINDOWS]


def draw(folder: Path, count: int) -> None:
    """Write the store of `count` pictures."""
    scratch.write_pictures(folder, (count, SIDE, SIDE), blocks(count))


def stream(count: int, folder: Path, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is known of `count` pictures after each stage that was not yet measured."""
    if all(stage in known for stage in STAGES):
        return
    scratch.begin(folder, {"runtime": {"threads": 1, "device": "cpu"}})
    done = folder / "pictures.json"
    if not done.is_file():
        # In a process of its own: a child's peak is never less than its parent's.
        drawing = get_context("spawn").Process(target=draw, args=(folder, count))
        drawing.start()
        drawing.join()
        if drawing.exitcode:
            raise SystemExit(f"pictures: exit status {drawing.exitcode}")
        done.write_text(json.dumps({"count": count}))
    for stage in STAGES:
        if stage in known and (folder / "data" / stage).is_dir():
            continue
        cpu, peak = scratch.run(folder, stage)
        known[stage] = {"cpu_seconds": cpu, "peak_bytes": peak}
        print(f"{count:6} pictures  {stage:12} {cpu:8.1f} s  {peak / 2**20:7.0f} MiB", flush=True)
        yield known
    shutil.rmtree(folder)


def problems(found: dict[str, Any]) -> list[str]:
    """Return the lines of the bounds that are broken."""
    broken, streams = [], found["streaming"]
    for count, stages in streams.items():
        for stage, cost in stages.items():
            if cost["peak_bytes"] > MEMORY:
                peak = cost["peak_bytes"] / 2**20
                broken.append(f"{stage}, {count} pictures: {peak:.0f} MiB, above 1024")
    if len(streams) < 2:
        return broken
    first, last = min(streams, key=int), max(streams, key=int)
    spent = [sum(cost["cpu_seconds"] for cost in streams[each].values()) for each in (first, last)]
    ratio, bound = spent[1] / spent[0], GROWTH * int(last) / int(first)
    print(f"CPU time from {first} to {last} pictures: {ratio:.2f} times, at most {bound:.2f}")
    if ratio > bound:
        broken.append(f"CPU time grows {ratio:.2f} times, above {bound:.2f}")
    return broken


def main() -> None:
    """Measure what FILE does not hold yet, print, write, and check where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.features")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--counts", type=int, nargs="*", default=[1000, 10000])
    parser.add_argument("--pictures", type=int, default=200, help="for the extractors")
    parser.add_argument("--times", type=int, default=3, help="runs of each side")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    found: dict[str, Any] = {"extractors": {}, "streaming": {}}
    if options.json.is_file():
        found = json.loads(options.json.read_text())
    for count in options.counts:
        known = found["streaming"].setdefault(str(count), {})
        for _ in stream(count, options.folder / f"features-benchmark-{count}", known):
            options.json.write_text(json.dumps(found, indent=2) + "\n")
    if not found["extractors"]:
        with threadpool_limits(1):
            found["extractors"] = extractors(options.pictures, options.times)
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    if options.check and (broken := problems(found)):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
