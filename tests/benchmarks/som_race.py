"""One process of the comparison: every method in turn, again and again; prints JSON.

A slow method's time is carried on in proportion to the samples from the difference between its
whole subset and the first half of it, so that what it does once is not multiplied.
"""

import argparse
import contextlib
import io
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from tasks.som.lattices.lattice import Rect
from tasks.som.samples import fixed_point
from tasks.som.search import compiled
from tasks.som.search.best_matching_units import search
from tasks.som.starts.initialisation import principal_plane
from tests.benchmarks.som_data import image_features
from tests.benchmarks.som_peers import METHODS, Method, ours


def main() -> None:
    """Run the race, or the one run of which the memory is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--repeats", type=int, required=True)
    parser.add_argument("--memory", help="the method whose memory is measured")
    given = parser.parse_args()
    samples = fixed_point.samples(image_features(given.rows))
    with contextlib.redirect_stdout(io.StringIO()):
        if given.memory:
            result = memory(METHODS[given.memory], samples, given.side, given.epochs)
        else:
            result = race(samples, given.side, given.epochs, given.repeats)
    json.dump(result, sys.stdout)


def race(samples: np.ndarray, side: int, epochs: int, repeats: int) -> dict[str, dict]:
    """Return the figures of each method that is installed."""
    start = principal_plane(samples, Rect(side, side))
    results: dict[str, dict] = {}
    for turn in range(repeats):
        for name, method in METHODS.items():
            if method.missing():
                results[name] = {"missing": True}
            elif turn == 0 or method.repeats:
                found = timed(method, samples, start, side, epochs, measure=turn == 0)
                before = results.setdefault(name, found)
                before["cpu"] = min(before["cpu"], found["cpu"])
                before["wall"] = min(before["wall"], found["wall"])
    return results


def timed(
    method: Method,
    samples: np.ndarray,
    start: np.ndarray,
    side: int,
    epochs: int,
    *,
    measure: bool,
) -> dict:
    """Return CPU and wall time, and (once) how well the map fits, beside ours on the same
    samples.
    """
    rows = min(method.rows or len(samples), len(samples))
    part = samples[:rows]
    cpu, wall, weights = _run(method, part, start, side, epochs)
    if rows < len(samples):
        half_cpu, half_wall, _ = _run(method, part[: rows // 2], start, side, epochs)
        more = (len(samples) - rows) / (rows - rows // 2)
        cpu, wall = cpu + more * (cpu - half_cpu), wall + more * (wall - half_wall)
    found = {"cpu": cpu, "wall": wall, "rows": rows}
    if measure:
        same = "linear" if method.decay == "linear" else "exponential"
        mine = ours(same, exact=True)(part, start, side, epochs)
        for prefix, map_ in (("", weights), ("our_", mine)):
            found[f"{prefix}qe"], found[f"{prefix}te"] = quality(map_, part, side)
    return found


def _run(
    method: Method, samples: np.ndarray, start: np.ndarray, side: int, epochs: int
) -> tuple[float, float, np.ndarray]:
    begin = time.process_time(), time.perf_counter()
    weights = method.fit(samples, start, side, epochs)
    return time.process_time() - begin[0], time.perf_counter() - begin[1], weights


def quality(weights: np.ndarray, samples: np.ndarray, side: int) -> tuple[float, float]:
    """Return quantization and topographic error."""
    match = search(samples, weights.astype(np.float64))
    apart = ~Rect(side, side).adjacent(match.best, match.second)
    return float(match.distance.mean()), float(apart.mean())


def memory(method: Method, samples: np.ndarray, side: int, epochs: int) -> dict:
    """Return the growth of the resident set in MiB, beyond imports and samples."""
    start = principal_plane(samples, Rect(side, side))
    method.fit(samples[:500], start, side, 2)
    search(samples[:500], start, jit=compiled.available())  # a compiler is a program's own memory
    before = reset_peak()
    method.fit(samples, start, side, epochs)
    return {"mebibytes": peak() - before}


def reset_peak() -> float:
    """Begin a new peak; return the resident MiB now."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> float:
    """Return the largest resident set in MiB since the last reset."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
