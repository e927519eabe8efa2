"""The map against others: CPU time, errors and memory, and what streaming costs.

    python -m tests.benchmarks.som --json FILE [--check] [--quick] [--sides 32 64 128]

Every method trains on the same 100,000 samples of sixteen features from the same start, five
epochs. Runs of one side and one number of threads take turns in one process; the least CPU time
counts (with two threads, the least wall time). Peak memory is a process's own for each method.
FILE keeps what is measured, and a later start goes on from there. `--check` ends with status 1
where a bound is broken; PEERS=required in the environment also where a package is not installed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.som_bounds import broken
from tests.benchmarks.som_peers import METHODS

FULL = {"rows": 100_000, "epochs": 5, "repeats": 5}
QUICK = {"rows": 10_000, "epochs": 5, "repeats": 1}
STREAM = {
    "growing": (["--rows", "300000", "--side", "64"], ["--rows", "30000", "--side", "16"]),
    "streaming": (["--rows", "1000000", "--side", "32"], ["--rows", "140000", "--side", "16"]),
    "memory": (["--rows", "10000000", "--side", "32"], ["--rows", "300000", "--side", "16"]),
}


def main() -> None:
    """Measure what FILE does not hold yet, print the tables, and check the bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sides", type=int, nargs="+")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    sides = given.sides or ([16] if given.quick else [32, 64, 128])
    found = measure(given.json, sides, given.threads, quick=given.quick)
    show(found, sides, given.threads)
    lines = broken(found) if given.check else []
    if os.environ.get("PEERS") == "required":
        lines += [f"{name}: not installed" for name, it in METHODS.items() if it.missing()]
    sys.exit("\n".join(lines) if lines else 0)


def measure(file: Path, sides: list[int], threads: list[int], *, quick: bool) -> dict:
    """Return all figures, each kept in `file` as soon as it is there."""
    found = json.loads(file.read_text()) if file.is_file() else {}
    size = QUICK if quick else FULL
    found["setting"] = {**size, "quick": quick, "machine": platform.processor(), "features": 16}
    options = [f"--{name}={value}" for name, value in size.items()]
    for side in sides:
        for count in threads:
            race = ["tests.benchmarks.som_race", f"--side={side}", *options]
            if side > 64 and not quick:
                race.append("--repeats=2")
            _once(found, file, f"race {side} {count}", race, count)
        for name, method in METHODS.items():
            if not method.missing() and (method.rows is None or side <= 32):
                single = ["tests.benchmarks.som_race", f"--side={side}", *options]
                _once(found, file, f"memory {side} {name}", [*single, f"--memory={name}"], 1)
    for part, arguments in STREAM.items():
        _once(found, file, part, ["tests.benchmarks.som_stream", part, *arguments[quick]], 1)
    return found


def _once(found: dict, file: Path, name: str, arguments: list[str], threads: int) -> None:
    if name in found:
        return
    count = str(threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    process = subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **dict.fromkeys(names, count)},
        stdout=subprocess.PIPE,
        check=True,
    )
    found[name] = json.loads(process.stdout)
    file.write_text(json.dumps(found, indent=1))


def show(found: dict, sides: list[int], threads: list[int]) -> None:
    """Print a table for each side and number of threads, and the rest."""
    for side in sides:
        for count in threads:
            print(f"\n{side} x {side}, {count} thread{'s' * (count > 1)}")
            print("| method | s | ratio | QE (ours) | TE (ours) | MiB | samples |")
            print("|---|---|---|---|---|---|---|")
            race = found[f"race {side} {count}"]
            for name, row in race.items():
                print(_row(name, row, race, found.get(f"memory {side} {name}"), count))
    for part in STREAM:
        print(f"\n{part}: {json.dumps(found[part])}")


def _row(name: str, row: dict, race: dict, memory: dict | None, threads: int) -> str:
    if "missing" in row:
        return f"| {name} | not installed | | | | | |"
    clock = "cpu" if threads == 1 else "wall"
    mebibytes = f"{memory['mebibytes']:.0f}" if memory else ""
    ratio = row[clock] / reference(name, race)[clock]
    return (
        f"| {name} | {row[clock]:.3f} | {ratio:.1f} | {row['qe']:.4f} ({row['our_qe']:.4f}) | "
        f"{row['te']:.4f} ({row['our_te']:.4f}) | {mebibytes} | {row['rows']} |"
    )


def reference(name: str, race: dict) -> dict:
    """Return our figures of the same widths."""
    return race["ours, linear" if METHODS[name].decay == "linear" else "ours"]


if __name__ == "__main__":
    main()
