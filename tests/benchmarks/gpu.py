"""The search on a GPU: rate, equality with NumPy, and how much of the transfer hides.

    python -m tests.benchmarks.gpu --json FILE [--quick] [--check]

Without a GPU it says so and exits with 0. With one: the rate of the dense search in TFLOP/s
(2 · samples · nodes · features; time between events), whether units are those of NumPy over a
million samples, with CUPY_TF32 set or not, and the share of the time of copying that an upload in
two streams hides behind the search. `--check` exits with 1 where a bound is broken.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tasks.core import backend
from tasks.som.search.best_matching_units import search

RATE, OVERLAP = 60.0, 0.8


def data(count: int, nodes: int, features: int) -> tuple[np.ndarray, np.ndarray]:
    """Return samples in the form of blobs, and nodes among them."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(30, features), scale=2.0)
    samples = centres[random.integers(30, size=count)] + random.normal(size=(count, features))
    return samples.astype(np.float32), samples[random.integers(count, size=nodes)]


def seconds(xp: Any, job: Any, repeats: int = 5) -> float:
    """Return the least time on the device between two events around `job`, after one warm run."""
    job()
    times = []
    for _ in range(repeats):
        start, stop = xp.cuda.Event(), xp.cuda.Event()
        start.record()
        job()
        stop.record()
        stop.synchronize()
        times.append(xp.cuda.get_elapsed_time(start, stop) / 1e3)
    return min(times)


def rates(xp: Any, count: int) -> dict[str, float]:
    """Return TFLOP/s of the search without and with pruning, at 64 x 64 nodes and 32 features."""
    samples, nodes = (xp.asarray(array) for array in data(count, 4096, 32))
    work = 2.0 * count * 4096 * 32 / 1e12
    found = {}
    for method in ("dense", "pruned"):
        for exact in (False, True):

            def job(method: str = method, exact: bool = exact) -> None:
                search(samples, nodes, method=method, exact=exact, shape=(64, 64), xp=xp)

            found[f"{method} {'exact' if exact else 'plain'}"] = work / seconds(xp, job)
    return found


def differences(xp: Any, count: int) -> int:
    """Return how many units differ from NumPy's."""
    samples, nodes = data(count, 1024, 16)
    ours = search(samples, nodes)
    theirs = search(xp.asarray(samples), xp.asarray(nodes), xp=xp)
    return int(
        sum(np.count_nonzero(a != b.get()) for a, b in zip(ours[:3], theirs[:3], strict=True))
    )


def overlap(xp: Any, count: int, parts: int = 8) -> float:
    """Return the share of the copying, or of the searching if that is shorter, that two streams
    hide.
    """
    samples, nodes = data(count, 4096, 32)
    pinned = xp.cuda.alloc_pinned_memory(samples.nbytes)
    host = np.frombuffer(pinned, np.float32, samples.size).reshape(samples.shape)
    host[:] = samples
    on_device, weights = xp.empty(samples.shape, xp.float32), xp.asarray(nodes)
    copying, rows = xp.cuda.Stream(non_blocking=True), count // parts

    def copy() -> None:
        on_device.set(host)

    def searching() -> None:
        for start in range(0, rows * parts, rows):
            search(on_device[start : start + rows], weights, method="dense", exact=False, xp=xp)

    def both() -> None:
        for start in range(0, rows * parts, rows):
            part = slice(start, start + rows)
            on_device[part].set(host[part], stream=copying)
            xp.cuda.get_current_stream().wait_event(copying.record())
            search(on_device[part], weights, method="dense", exact=False, xp=xp)

    alone = seconds(xp, copy), seconds(xp, searching)
    return (sum(alone) - seconds(xp, both)) / min(alone)


def digest(count: int) -> str:
    """Return a hash of the units, computed by another process under each setting of CUPY_TF32."""
    code = (
        "import hashlib; from tests.benchmarks import gpu; xp = gpu.backend.namespace('cuda');"
        f"s, n = gpu.data({count}, 1024, 16); m = gpu.search(xp.asarray(s), xp.asarray(n), xp=xp);"
        "print(hashlib.sha256(m.best.get().tobytes() + m.second.get().tobytes()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "CUPY_TF32": setting},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for setting in ("0", "1")
    }
    return found.pop().strip() if len(found) == 1 else "CUPY_TF32 changes the units"


def main() -> None:
    """Measure, print, write, and check where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a smoke run: small")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    xp = backend.namespace("auto")
    if xp is np:
        print("no GPU: nothing was measured")
        return
    count = 100_000 if given.quick else 1_000_000
    record: dict[str, Any] = {
        "quick": given.quick,
        "device": xp.cuda.runtime.getDeviceProperties(0)["name"].decode(),
        "rates": rates(xp, 4 * count),
        "differences": differences(xp, count),
        "overlap": overlap(xp, 4 * count),
        "units": digest(count),
    }
    lines = []
    if record["rates"]["dense plain"] < RATE:
        lines.append(f"dense: {record['rates']['dense plain']:.0f} TFLOP/s; at least {RATE}")
    if record["differences"]:
        lines.append(f"{record['differences']} answers differ from NumPy's")
    if record["overlap"] < OVERLAP:
        lines.append(f"overlap: {record['overlap']:.2f}; at least {OVERLAP}")
    if " " in record["units"]:
        lines.append(record["units"])
    print(json.dumps(record, indent=1))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps({**record, "broken": lines}, indent=1))
    if given.check and lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
