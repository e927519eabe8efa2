"""How long a right-hand side takes, beside the package `kuramoto` and a dense product.

    python -m tests.benchmarks.kuramoto --json FILE [--check] [--quick]

All sides get the same phases and the same weights and take turns; the figure of each is the least
CPU time of the process (all threads) over the rounds, in milliseconds. The peer is installed with
`pip install kuramoto`; where it is missing it is named and its ratio left out, unless the variable
PEERS is `required`. A GPU is measured where one is at hand.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tasks.core import backend
from tasks.kuramoto.coupling import Coupling, pull
from tasks.kuramoto.distance import Distance
from tasks.kuramoto.graph import Graph
from tasks.kuramoto.mean_field import MeanField
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.periodic import Periodic
from tasks.kuramoto.rk4 import RungeKutta
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.stencil import Stencil
from tasks.som.lattices.lattice import Rect

SIMILARITY = Similarity(1.0, 3.0, 1.5, 0.1, 1.5)
VARIANTS: dict[str, Any] = {
    "similarity": SIMILARITY,
    "graph": Graph(1.0, 3, 1.5, 0.1, 1.5),
    "separable": Distance(1.0, 6, 2.0),
    "periodic": Periodic(1.0, 2.0, 0.0),
    "mean_field": MeanField(1.0),
}
BOUNDS = {  # milliseconds, one core, float32
    "similarity 64x64 float32": 0.3,
    "similarity 256x256 float32": 2.0,
    "separable 1024x1024 float32": 25.0,
}
RATIO = 1000.0
GPU_STEP, GPU_PARITY = 1.0, 1e-4
Timed = Mapping[str, Callable[[], Any]]


def least_times(sides: Timed, rounds: int, seconds: float = 0.02) -> dict[str, float]:
    """Return the least CPU time of a call of each side in ms; the sides take turns, and quick ones
    are called as often as `seconds` allow.
    """
    calls, least = {}, dict.fromkeys(sides, float("inf"))
    for name, side in sides.items():
        side()
        start = time.process_time()
        side()
        calls[name] = max(1, int(seconds / max(time.process_time() - start, 1e-5)))
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.process_time()
            for _ in range(calls[name]):
                side()
            least[name] = min(least[name], (time.process_time() - start) / calls[name] * 1e3)
    return least


def codebook(side: int, dtype: Any) -> np.ndarray:
    """Return a smooth map with some noise, as training leaves it."""
    y, x = np.mgrid[:side, :side] / side
    noise = 0.05 * np.random.default_rng(0).standard_normal((side, side, 3))
    return (np.stack([x, y, np.sin(7 * x) * np.cos(5 * y)], axis=-1) + noise).astype(dtype)


def phases(side: int, dtype: Any) -> np.ndarray:
    """Return random phases."""
    return np.random.default_rng(1).uniform(-np.pi, np.pi, (side, side)).astype(dtype)


def coupled(name: str, side: int, dtype: Any) -> Coupling:
    """Return a coupling of side x side nodes."""
    return VARIANTS[name](codebook(side, dtype), Rect(side, side).neighbours())


def dense(coupling: Stencil, side: int) -> np.ndarray:
    """Return the matrix of a stencil, in double precision."""
    index = np.arange(side * side).reshape(side, side)
    matrix = np.zeros((side * side, side * side))
    for (dy, dx), weight in zip(coupling.offsets, coupling.weights, strict=True):
        here = index[: side - dy, max(0, -dx) : side - max(0, dx)].ravel()
        there = here + dy * side + dx
        matrix[here, there] = matrix[there, here] = np.asarray(weight).ravel()
    return matrix


def peer() -> Any:
    """Return the class of the package `kuramoto`, or None where it is not installed."""
    try:
        return importlib.import_module("kuramoto").Kuramoto
    except ImportError:
        return None


def against_others(side: int, rounds: int) -> dict[str, float]:
    """Return the times of the same sum, by us, by a dense product and by the peer, and by how much
    their answers differ at most.
    """
    double, single = (coupled("similarity", side, dtype) for dtype in (np.float64, np.float32))
    matrix, theta = dense(SIMILARITY(codebook(side, np.float64)), side), phases(side, np.float64)
    narrow, matrix32 = theta.astype(np.float32), matrix.astype(np.float32)
    sides: dict[str, Callable[[], Any]] = {
        f"similarity {side}x{side} float32": lambda: pull(single, narrow),
        f"similarity {side}x{side} float64": lambda: pull(double, theta),
        f"dense product {side}x{side} float32": lambda: product(matrix32, narrow),
        f"dense product {side}x{side} float64": lambda: product(matrix, theta),
    }
    found = peer()
    if found is not None:
        flat, one = theta.ravel(), np.ones(side * side)
        model = found(coupling=1, natfreqs=np.zeros(side * side))
        sides[f"kuramoto {side}x{side} float64"] = lambda: model.derivative(flat, 0.0, matrix, one)
    wanted = product(matrix, theta)
    gap = max(
        float(np.abs(call().reshape(wanted.shape) - wanted).max()) for call in sides.values()
    )
    return {**least_times(sides, rounds), "largest difference": gap}


def product(matrix: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return the sum over all pairs by two products with the whole matrix."""
    cosine, sine = np.cos(theta).ravel(), np.sin(theta).ravel()
    return (cosine * (matrix @ sine) - sine * (matrix @ cosine)).reshape(theta.shape)


def alone(sizes: Mapping[int, int]) -> dict[str, float]:
    """Return the times of every coupling at each size (with its rounds), and of the integrators at
    32x32.
    """
    found: dict[str, float] = {}
    for side, rounds in sizes.items():
        sides = {}
        for name in VARIANTS:
            for dtype in (np.float32, np.float64):
                one, theta = coupled(name, side, dtype), phases(side, dtype)
                label = f"{name} {side}x{side} {np.dtype(dtype).name}"
                sides[label] = lambda one=one, theta=theta: pull(one, theta)
        found |= least_times(sides, rounds)
    one, theta = coupled("similarity", 32, np.float64), phases(32, np.float64)
    steps: Timed = {
        "a step of rk4 32x32 float64": lambda: RungeKutta(0.5)(theta, 0 * theta, one, 0.5),
        "a step of moebius 32x32 float64": lambda: Moebius(0.5)(theta, 0 * theta, one, 0.5),
    }
    return found | least_times(steps, max(sizes.values()))


def on_gpu(side: int, steps: int = 50) -> dict[str, float] | None:
    """Return wall time (ms) of an RK4 step of the similarity coupling in float32, and how far
    (rad) `steps` of them lead from the CPU's; None without a GPU.
    """
    xp: Any = backend.namespace("auto")
    if xp is np:
        return None
    nodes, theta = codebook(side, np.float32), phases(side, np.float32)
    there, here = SIMILARITY(xp.asarray(nodes)), SIMILARITY(nodes)
    step, start = RungeKutta(0.25), xp.asarray(theta)
    after, began = step(start, 0 * start, there, 0.25), 0.0
    least = float("inf")
    for _ in range(20):
        xp.cuda.Stream.null.synchronize()
        began = time.perf_counter()
        after = step(start, 0 * start, there, 0.25)
        xp.cuda.Stream.null.synchronize()
        least = min(least, (time.perf_counter() - began) * 1e3)
    after = backend.to_numpy(step(start, 0 * start, there, 0.25 * steps))
    gap = np.abs(after - step(theta, 0 * theta, here, 0.25 * steps)).max()
    return {"rk4 step": least, "parity": float(gap)}


def failures(found: Mapping[str, Any]) -> list[str]:
    """Return a line for each bound that is broken."""
    times, said = found["milliseconds"], []
    for name, bound in BOUNDS.items():
        if name in times and times[name] > bound:
            said.append(f"{name}: {times[name]:.3f} ms, more than {bound}")
    for name, ratio in found["ratios"].items():
        if name.startswith("kuramoto") and ratio < RATIO:
            said.append(f"{name}: {ratio:.0f} times, less than {RATIO:.0f}")
        if ratio < 1:
            said.append(f"{name}: slower than the dense product")
    if found["largest difference"] > 1e-4:
        said.append(f"the answers differ by {found['largest difference']:.2g}")
    gpu = found["gpu"]
    if gpu is not None and gpu["rk4 step"] > GPU_STEP:
        said.append(f"a step on the GPU: {gpu['rk4 step']:.3f} ms, more than {GPU_STEP}")
    if gpu is not None and gpu["parity"] > GPU_PARITY:
        said.append(f"the GPU's phases differ by {gpu['parity']:.2g} rad")
    return said


def ratios(times: Mapping[str, float], side: int) -> dict[str, float]:
    """Return how many times longer the others take, precision by precision; the peer computes in
    float64 alone.
    """
    found = {}
    for dtype in ("float32", "float64"):
        ours = times[f"similarity {side}x{side} {dtype}"]
        for name in ("kuramoto", "dense product"):
            other = times.get(f"{name} {side}x{side} {dtype}")
            if name == "kuramoto":
                other = times.get(f"{name} {side}x{side} float64")
            if other is not None:
                found[f"{name} against similarity {side}x{side} {dtype}"] = other / ours
    return found


def measure(quick: bool) -> dict[str, Any]:
    """Return all figures."""
    side, rounds = (32, 2) if quick else (64, 7)
    sizes = {32: 2} if quick else {64: 15, 256: 15, 1024: 5}
    with threadpool_limits(1):
        compared = against_others(side, rounds)
        gap = compared.pop("largest difference")
        times = alone(sizes) | compared
    return {
        "quick": quick,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, NumPy {np.__version__}, SciPy {version('scipy')}",
        "peer": None if peer() is None else f"kuramoto {version('kuramoto')}",
        "milliseconds": times,
        "ratios": ratios(times, side),
        "largest difference": gap,
        "gpu": None if quick else on_gpu(1024),
    }


def shown(found: Mapping[str, Any]) -> str:
    """Return the figures as a table."""
    lines = [f"{'CPU time of a call':<44} {'ms':>10}"]
    lines += [f"{name:<44} {value:>10.4f}" for name, value in found["milliseconds"].items()]
    lines += [f"{name:<58} {value:>8.0f} x" for name, value in found["ratios"].items()]
    if found["gpu"] is None:
        lines.append("no GPU at hand: not measured there")
    else:
        lines += [f"GPU: {name:<53} {value:>10.3g}" for name, value in found["gpu"].items()]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write; exit status 1 where a bound is broken or a required peer is
    missing.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kuramoto")
    parser.add_argument("--json", type=Path, required=True, help="file for the figures")
    parser.add_argument("--check", action="store_true", help="fail where a bound is broken")
    parser.add_argument("--quick", action="store_true", help="a smoke run")
    asked = parser.parse_args()
    if peer() is None:
        missing = "kuramoto: the peer is not installed (pip install kuramoto)"
        if os.environ.get("PEERS") == "required":
            sys.exit(missing)
        print(f"{missing}; its ratio is left out")
    found = measure(asked.quick)
    asked.json.write_text(json.dumps(found, indent=1) + "\n")
    print(shown(found))
    broken = failures(found) if asked.check and not asked.quick else []
    if broken:
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
