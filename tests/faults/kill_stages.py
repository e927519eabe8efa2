"""Kill every stage in the middle with SIGKILL, start it again, and compare the hashes.

    python -m tests.faults.kill_stages --json FILE [STAGE ...]

Run it in a checkout whose stages are up to date. For each stage the item cache is set aside, so
that the work is really done anew; the stage is started by `dvc repro --single-item --force`,
killed after a share of its time, and started again. Its entry in dvc.lock must not have changed.
What is known already is read from FILE, so that a stopped run goes on where it was.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

CACHE, ASIDE = Path(".cache"), Path(".cache-aside.tmp")
AFTER = {  # seconds from the start of the stage's process to the kill
    "pictures": 8,
    "features": 6,
    "som": 5,
    "impressions": 6,
    "base": 4,
    "controlnet": 90,
    "generation": 25,
    "video": 20,
    "orientation": 30,
    "orientation_samples": 10,
    "evaluation": 12,
}


def outs(stage: str) -> dict[str, str]:
    """Return the hashes of the stage's outputs, as dvc.lock holds them."""
    entry = yaml.safe_load(Path("dvc.lock").read_text())["stages"][stage]
    return {out["path"]: out["md5"] for out in entry["outs"]}


def repro(stage: str) -> subprocess.Popen[bytes]:
    """Start the stage by DVC, in a process group of its own."""
    command = [sys.executable, "-m", "dvc", "repro", "--single-item", "--force", stage]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)


def process_of(stage: str) -> int | None:
    """Return the process number of the stage's own command, once it runs."""
    found = subprocess.run(
        ["pgrep", "-n", "-f", f"python -m flows.{stage}$"],
        check=False,
        capture_output=True,
        text=True,
    )
    return int(found.stdout) if found.stdout.strip() else None


def killed(stage: str) -> bool:
    """Start the stage and kill it in the middle; return whether it was there to be killed."""
    started = repro(stage)
    while (number := process_of(stage)) is None and started.poll() is None:
        time.sleep(0.1)
    time.sleep(AFTER[stage])
    alive = number is not None and started.poll() is None
    if alive and number is not None:
        os.kill(number, signal.SIGKILL)
    return started.wait() != 0 and alive


def check(stage: str) -> dict[str, object]:
    """Return what happened to one stage."""
    before = outs(stage)
    if CACHE.exists():
        CACHE.rename(ASIDE)
    try:
        was_killed = killed(stage)
        rerun = repro(stage).wait()
    finally:
        shutil.rmtree(CACHE, ignore_errors=True)
        if ASIDE.exists():
            ASIDE.rename(CACHE)
    return {"killed": was_killed, "exit": rerun, "same_hashes": outs(stage) == before}


def main() -> None:
    """Check the stages that are asked for, all by default, and write the record after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("stages", nargs="*", default=list(AFTER))
    arguments = parser.parse_args()
    known = json.loads(arguments.json.read_text()) if arguments.json.exists() else {}
    record = {"date": datetime.now(UTC).date().isoformat(), "machine": platform.machine(), **known}
    stages = record.setdefault("stages", {})
    for stage in arguments.stages:
        if stage not in stages:
            stages[stage] = check(stage)
            arguments.json.parent.mkdir(parents=True, exist_ok=True)
            arguments.json.write_text(json.dumps(record, indent=2) + "\n")
        print(stage, stages[stage], flush=True)
    bad = [
        name for name, found in stages.items() if not all((found["killed"], found["same_hashes"]))
    ]
    sys.exit(f"not as before: {', '.join(bad)}" if bad else 0)


if __name__ == "__main__":
    main()
