"""What is left after a run is killed, stopped or cancelled: no process, and no half result."""

import os
import signal
import sys
from pathlib import Path

from tasks.core import lifeline
from tests.flows.harness import Toy, ask, processes, until

PIPELINE = (sys.executable, "-m", "flows.pipeline")
SOON = 3.0


def gone(toy: Toy, before: list[int], seconds: float) -> bool:
    """Return whether no process of the project runs after the time; wait until all are reaped."""
    ended = until(lambda: not any(lifeline.alive(process) for process in before), seconds)
    until(lambda: not any(Path(f"/proc/{process}").exists() for process in before), 30)
    return ended and not processes(toy.place)


def stage_process(toy: Toy) -> int:
    """Return the process of the stage that runs."""
    words = {p: Path(f"/proc/{p}/cmdline").read_bytes().split(b"\0") for p in processes(toy.place)}
    return next(p for p, line in words.items() if b"toy.py" in line and b"-c" not in line)


def test_killing_the_pipeline_leaves_nothing_running_and_the_next_run_goes_on(toy):
    toy.set("left", 13)
    toy.trouble("left", "program 60")
    process = toy.start(*PIPELINE, url=None)
    assert (toy.place / ".prefect/server.log").exists()
    before = processes(toy.place)
    process.kill()
    process.wait()
    assert gone(toy, before, SOON), processes(toy.place)

    toy.trouble("left", None)
    assert toy.run("dvc", "repro", url=None).returncode == 0
    assert toy.made("join") == toy.value("join")
    finished = [line for line in toy.log() if not line.endswith("begins")]
    assert sorted(line for line in finished if line.startswith("left")) == [
        "left 0",
        "left 1",
        "left 2",
    ]
    assert list((toy.place / "data").glob(".*")) == [toy.place / "data/.gitignore"]


def test_killing_dvc_ends_the_stage_that_it_runs(toy):
    toy.set("left", 17)
    toy.trouble("left", "sleep 60")
    process = toy.start("dvc", "repro", "left", url=None)
    before = processes(toy.place)
    process.kill()
    process.wait()
    assert gone(toy, before, SOON), processes(toy.place)


def test_a_killed_stage_fails_and_a_stopped_run_ends_its_stages(toy):
    toy.set("left", 19)
    toy.trouble("left", "sleep 60")
    process = toy.start(*PIPELINE)
    os.kill(stage_process(toy), signal.SIGKILL)
    assert process.wait(60) == 1
    last = toy.output().splitlines()[-1]
    assert last.startswith("pipeline: left: ")
    assert last.endswith(" (not run for that: join)")

    process = toy.start(*PIPELINE)
    before = processes(toy.place)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 1
    assert toy.output().splitlines()[-1] == "pipeline: stopped"
    assert gone(toy, before, SOON), processes(toy.place)


def test_a_run_that_is_cancelled_ends_as_cancelled(toy):
    toy.set("left", 23)
    toy.trouble("left", "program 60")
    process = toy.start(*PIPELINE)
    runs = [r for r in ask(toy.url, "flow_runs") if not r["parent_task_run_id"]]
    run = next(r for r in runs if r["state_type"] == "RUNNING")
    before = processes(toy.place)
    asked = toy.run("prefect", "flow-run", "cancel", run["id"])
    assert asked.returncode == 0, asked.stderr
    assert gone(toy, before, 10), processes(toy.place)
    assert process.wait() == 1
    states = {r["id"]: r["state_name"] for r in ask(toy.url, "flow_runs")}
    assert states[run["id"]] == "Cancelled"
