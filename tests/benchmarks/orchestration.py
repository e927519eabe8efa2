"""Prefect's share of a stage's time where no server answers.

    python -m tests.benchmarks.orchestration --json FILE [--quick] [--check]

The toy project of the tests is run by `dvc repro --force` as it is, and with empty names in
Prefect's place (`without_prefect`), in turn; the difference of the least times, divided by the
number of stages, is Prefect's share. The modules of the real stages are imported in both ways as
well. Wall and CPU time of the command and all that it starts. Where no stage imports Prefect (as
`tests/test_layout.py` and the toy's own tests hold), both ways are the same, and the share is what
the machine's noise makes of it. `--check` exits with 1 where the share of the wall time is 2 s a
stage or more.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tasks.core import params
from tests.flows.harness import NEEDS, ROOT, build

PLAIN = Path(__file__).parent / "without_prefect"
BOUND = 2.0  # seconds a stage
Times = dict[str, float]


def environment(*, prefect: bool) -> dict[str, str]:
    """Return the environment of the commands: no server, one thread."""
    kept = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    paths = ([] if prefect else [PLAIN]) + [ROOT, os.environ.get("PYTHONPATH")]
    return {
        **kept,
        "OMP_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths if path),
    }


def times(command: list[str], place: Path, *, prefect: bool) -> Times:
    """Return the wall and CPU seconds of a command."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=place,
        env=environment(prefect=prefect),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {said}")
    return {
        "wall_seconds": time.perf_counter() - begin,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
    }


def compared(command: list[str], place: Path, rounds: int, stages: int) -> dict[str, Times]:
    """Return the least times with Prefect and without, and the difference a stage."""
    ways = {"with_prefect": True, "without": False}
    found: dict[str, list[Times]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, prefect in ways.items():
            found[way].append(times(command, place, prefect=prefect))
    least = {
        way: {name: min(each[name] for each in runs) for name in runs[0]}
        for way, runs in found.items()
    }
    with_prefect, without = least["with_prefect"], least["without"]
    share = {name: (with_prefect[name] - without[name]) / stages for name in without}
    return {**least, "share_a_stage": share}


def measure(rounds: int, tell: Callable[[str], object]) -> dict[str, object]:
    """Return all figures."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "toy"
        build(place)
        repro = [sys.executable, "-m", "dvc", "repro", "--force"]
        toy = compared(repro, place, rounds, len(NEEDS))
    tell(line("toy", toy))
    imports = {}
    for stage in params.STAGES:
        command = [sys.executable, "-c", f"import flows.{stage}"]
        imports[stage] = compared(command, ROOT, rounds, 1)
        tell(line(stage, imports[stage]))
    return {"toy": {"stages": len(NEEDS), **toy}, "imports": imports}


def line(name: str, found: dict[str, Times]) -> str:
    """Return the figures of one row as text."""
    return f"{name:<12}" + "".join(
        f"  {way}: {each['wall_seconds']:6.2f} s wall {each['cpu_seconds']:6.2f} s CPU"
        for way, each in found.items()
    )


def main() -> None:
    """Measure, print and write; check where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="one round: a smoke run")
    parser.add_argument("--check", action="store_true", help=f"fail at {BOUND:g} s a stage")
    asked = parser.parse_args()
    rounds = 1 if asked.quick else 5
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": [round(load, 1) for load in os.getloadavg()],
        "rounds": rounds,
        "quick": asked.quick,
        **measure(rounds, print),
    }
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(record, indent=2) + "\n")
    shares = {"toy": record["toy"], **record["imports"]}
    broken = [
        f"{name}: {each['share_a_stage']['wall_seconds']:.2f} s a stage"
        for name, each in shares.items()
        if each["share_a_stage"]["wall_seconds"] >= BOUND
    ]
    sys.exit("; ".join(broken) if asked.check and broken else 0)


if __name__ == "__main__":
    main()
