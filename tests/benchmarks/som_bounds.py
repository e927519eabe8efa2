"""The bounds that `python -m tests.benchmarks.som --check` holds."""

from collections.abc import Iterator

RATIOS = {
    "XPySom": ("ours, linear", 3.5),
    "fastersom": ("ours", 6.0),
    "somoclu": ("ours, linear", 50.0),
    "MiniSom, batch": ("ours, linear", 100.0),
    "MiniSom, online": ("ours", 80.0),
}
"""Times another's CPU time that ours goes into, at 32 x 32 and 64 x 64 nodes, one thread."""
EXACT = 2.0
"""Times the plain search that the exact one may take."""
STREAMED = 1.25
MEBIBYTES = 200
FIT = 16
"""MiB that a fit of 64 x 64 nodes in memory adds to the samples."""
GROWN = {"qe": 1.01, "te": 1.10}
WORK = 3.2
SAME_ERROR = 1e-3
"""Share by which our quantization error may be above that of the same training in single
precision, whose near ties fall either way.
"""
SAME_ORDER = 0.01
"""The same for the topographic error, absolute."""


def broken(found: dict) -> list[str]:
    """Return a line for each bound that the figures break."""
    races = [found[f"race {side} 1"] for side in (32, 64) if f"race {side} 1" in found]
    lines = [line for race in races for line in _race(race)]
    return [*lines, *_rest(found)]


def _race(race: dict) -> Iterator[str]:
    for name, (mine, bound) in RATIOS.items():
        row = race[name]
        if "missing" in row:
            continue
        ratio = row["cpu"] / race[mine]["cpu"]
        if ratio < bound:
            yield f"{name}: {ratio:.1f} times our CPU time; the bound is {bound}"
        if mine == "ours, linear" and row["our_qe"] > row["qe"] * (1 + SAME_ERROR):
            yield f"{name}: quantization error {row['qe']:.5f}, ours is {row['our_qe']:.5f}"
        if mine == "ours, linear" and row["our_te"] > row["te"] + SAME_ORDER:
            yield f"{name}: topographic error {row['te']:.5f}, ours is {row['our_te']:.5f}"
    share = race["ours"]["cpu"] / race["ours, exact: false"]["cpu"]
    if share > EXACT:
        yield f"exact: {share:.2f} times the plain search; the bound is {EXACT}"


def _rest(found: dict) -> Iterator[str]:
    quick = found["setting"]["quick"]
    full, grow = found["growing"]["full"], found["growing"]["grow"]
    for name, bound in GROWN.items():
        if not quick and grow[name] > full[name] * bound:
            yield f"growing samples: {name} {grow[name]:.4f} instead of {full[name]:.4f}"
    if not quick and grow["work"] > WORK:
        yield f"growing samples: {grow['work']:.2f} epochs of work; the bound is {WORK}"
    for codec in ("raw", "lz4"):
        ratio = found["streaming"][codec] / found["streaming"]["memory"]
        if not quick and ratio > STREAMED:
            yield f"streaming, {codec}: {ratio:.2f} times the CPU time; the bound is {STREAMED}"
    fit = found.get("memory 64 ours", {"mebibytes": 0.0})["mebibytes"]
    if fit > FIT:
        yield f"memory: a fit of 64 x 64 nodes adds {fit:.0f} MiB; the bound is {FIT}"
    if found["memory"]["mebibytes"] > MEBIBYTES:
        yield f"memory: grew by {found['memory']['mebibytes']:.0f} MiB; the bound is {MEBIBYTES}"
