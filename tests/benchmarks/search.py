"""The search for best matching units: against the bare matrix product, exact against plain, pruned
against dense, NumPy against numba, one thread and two.

    python -m tests.benchmarks.search --json FILE [--sides 32 64] [--quick] [--check]

Samples are multi-scale features of two photographs that scikit-learn brings, standardised; maps
are trained on them. All times of a line are taken in turns in one process: the least of several
CPU times of one thread, and for two threads the least elapsed time. `--check` exits with 1 where a
bound is broken.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.feature import multiscale_basic_features
from sklearn.datasets import load_sample_images

from tasks.som.search import compiled, dense
from tasks.som.search.best_matching_units import search
from tasks.som.search.nodes import Nodes

FEATURES = 16
FLOOR, EXACT, PRUNED = 0.75, 2.0, 1.8


def photographs(count: int) -> np.ndarray:
    """Return standardised features of `count` pixels drawn without order."""
    tables = [
        multiscale_basic_features(image, channel_axis=-1, sigma_min=1, sigma_max=8, num_sigma=4)
        for image in load_sample_images().images
    ]
    table = np.concatenate([table.reshape(-1, table.shape[-1]) for table in tables])
    rows = np.random.default_rng(0).permutation(len(table))[:count]
    picked = table[rows][:, :: table.shape[1] // FEATURES][:, :FEATURES].astype(np.float64)
    return ((picked - picked.mean(axis=0)) / picked.std(axis=0)).astype(np.float32)


def trained(samples: np.ndarray, side: int, epochs: int = 6) -> np.ndarray:
    """Return a square map after some epochs of the batch rule from the principal plane."""
    _, values, axes = np.linalg.svd(samples[:20000], full_matrices=False)
    plane = np.stack(np.meshgrid(*[np.linspace(-1, 1, side)] * 2, indexing="ij"), axis=-1)
    nodes = (2 * plane * values[:2] / np.sqrt(20000)).reshape(-1, 2) @ axes[:2]
    for sigma in np.geomspace(side / 4, 1.0, epochs):
        best = search(samples, nodes, exact=False, second=False, shape=(side, side)).best
        columns = [np.ones(len(samples)), *samples.T]
        sums = [np.bincount(best, weights=column, minlength=side**2) for column in columns]
        smooth = [gaussian_filter(s.reshape(side, side), sigma, mode="constant") for s in sums]
        heard = smooth[0].ravel() > 1e-12
        table = np.stack(smooth[1:], axis=-1).reshape(side**2, -1)
        nodes[heard] = table[heard] / smooth[0].ravel()[heard, None]
    return nodes


def in_turns(
    jobs: dict[str, Callable[[], Any]], repeats: int, clock: Callable[[], float]
) -> dict[str, float]:
    """Return the least time of each job over so many rounds."""
    best = dict.fromkeys(jobs, np.inf)
    for _ in range(repeats):
        for name, job in jobs.items():
            start = clock()
            job()
            best[name] = min(best[name], clock() - start)
    return best


def product(samples: np.ndarray, nodes: np.ndarray) -> Callable[[], None]:
    """Return the bare matrix product of the same shapes, in blocks of the same size."""
    table = Nodes.of(nodes)
    x, rows = dense.centred(samples, table), dense.rows(len(nodes))
    scores = np.empty((rows, len(nodes)), np.float32)

    def run() -> None:
        for start in range(0, len(x), rows):
            part = x[start : start + rows]
            np.matmul(part, table.product, out=scores[: len(part)])

    return run


def line(samples: np.ndarray, side: int, repeats: int) -> dict[str, Any]:
    """Return the times of every way on one map, in seconds."""
    nodes = trained(samples, side)
    jobs: dict[str, Callable[[], Any]] = {"product": product(samples, nodes)}
    threads: dict[str, Callable[[], Any]] = {}
    answers = []
    for jit in (False, True)[: 1 + compiled.available()]:
        for method in ("dense", "pruned"):
            name = f"{'numba' if jit else 'numpy'} {method}"
            options = {"method": method, "jit": jit, "shape": (side, side)}

            def run(options: dict = options, **more: Any) -> Any:
                return search(samples, nodes, **options, **more)

            jobs[f"{name} plain"] = lambda run=run: run(exact=False, second=False)
            jobs[f"{name} exact"] = lambda run=run: run(second=False)
            jobs[f"{name} both"] = run
            for count in (1, 2):
                threads[f"{name} {count}"] = lambda run=run, count=count: run(threads=count)
            answers.append(run())
    same = all(
        np.array_equal(ours, theirs)
        for found in answers
        for ours, theirs in zip(found[:3], answers[0][:3], strict=True)
    )
    return {
        "side": side,
        "samples": len(samples),
        "same": same,
        "refined": [found.refined for found in answers],
        "cpu": in_turns(jobs, repeats, time.process_time),
        "elapsed": in_turns(threads, min(repeats, 3), time.perf_counter),
    }


def broken(record: dict[str, Any]) -> list[str]:
    """Return the bounds that a line breaks."""
    cpu, side, found = record["cpu"], record["side"], []
    ways = sorted({name.rsplit(" ", 1)[0] for name in cpu if name != "product"})
    ours = "numba dense" if "numba dense" in ways else "numpy dense"
    for way in {ours, "numpy dense"} if side > 32 else {ours}:
        share = cpu["product"] / cpu[f"{way} plain"]
        if share < FLOOR:
            found.append(f"{side}: {way}: {share:.2f} of the bare product; at least {FLOOR}")
    for way in ways:
        ratio = cpu[f"{way} exact"] / cpu[f"{way} plain"]
        if ratio > EXACT:
            found.append(f"{side}: {way}: exact costs {ratio:.2f} of plain; at most {EXACT}")
    gain = cpu["numpy dense both"] / cpu["numpy pruned both"]
    if side >= 128 and gain < PRUNED:
        found.append(f"{side}: numpy: pruned {gain:.2f} times as fast; at least {PRUNED}")
    return found if record["same"] else [*found, f"{side}: the ways give different answers"]


def table(records: list[dict[str, Any]]) -> str:
    """Return the times as a table: of the bare product, and as multiples of it."""
    rows = ["map     product s  way             plain  exact  both   2 threads"]
    for record in records:
        cpu, elapsed = record["cpu"], record["elapsed"]
        for way in dict.fromkeys(name.rsplit(" ", 1)[0] for name in cpu if name != "product"):
            ratios = [cpu[f"{way} {kind}"] / cpu["product"] for kind in ("plain", "exact", "both")]
            gain = elapsed[f"{way} 1"] / elapsed[f"{way} 2"]
            shown = "  ".join(f"{ratio:5.2f}" for ratio in ratios)
            size = f"{record['side']}²"
            rows.append(f"{size:7} {cpu['product']:9.3f}  {way:14} {shown}  {gain:5.2f}x")
    return "\n".join(rows)


def main() -> None:
    """Measure, print, write, and check where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a smoke run: small and once")
    parser.add_argument("--sides", type=int, nargs="+", default=[32, 64, 128], help="of the maps")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    sides = (16, 32) if given.quick else given.sides
    samples = photographs(5_000 if given.quick else 100_000)
    records = [line(samples, side, 1 if given.quick else 5) for side in sides]
    print(table(records))
    lines = [line for record in records for line in broken(record)]
    result = {
        "quick": given.quick,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "numpy": np.__version__,
        "features": FEATURES,
        "records": records,
        "broken": lines,
    }
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result, indent=1))
    if given.check and lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
