"""The pipeline over a toy project: who runs, who does not, and what the server shows."""

import subprocess
import sys
from itertools import groupby
from pathlib import Path

import yaml

from tests.flows.harness import ask, stage, states

STAGES = ("seed", "left", "right", "join")


def test_a_first_run_runs_every_stage_and_dvc_agrees(built):
    toy, first = built
    assert first.returncode == 0, first.stdout + first.stderr
    assert states(first) == dict.fromkeys(STAGES, "Ran")
    assert [toy.made(name) for name in STAGES] == [toy.value(name) for name in STAGES]
    assert "To track the changes with git" not in first.stdout
    assert "Traceback" not in first.stdout + first.stderr
    assert toy.run("dvc", "status").stdout.strip() == "Data and pipelines are up to date."


def test_the_server_shows_states_nested_runs_and_artifacts(built, server):
    assert built[1].returncode == 0
    runs = ask(server, "flow_runs")
    first = min(
        (run for run in runs if "options" in run["parameters"]), key=lambda run: run["created"]
    )
    tasks = [task for task in ask(server, "task_runs") if task["flow_run_id"] == first["id"]]
    mine = {task["name"]: task for task in tasks}
    assert {name: task["state_name"] for name, task in mine.items()} == dict.fromkeys(
        STAGES, "Ran"
    )
    parents = {task["id"] for task in tasks}
    assert {run["name"] for run in runs if run["parent_task_run_id"] in parents} == set(STAGES)
    left, right = mine["left"], mine["right"]
    assert max(left["start_time"], right["start_time"]) < min(left["end_time"], right["end_time"])
    kinds = {artifact["type"] for artifact in ask(server, "artifacts")}
    assert {"table", "markdown", "progress"} <= kinds


def test_with_nothing_to_do_no_server_and_no_stage_is_started(toy):
    result = toy.pipeline("--root", str(toy.place), cwd=Path("/"), url=None)
    assert result.returncode == 0, result.stderr
    assert states(result) == dict.fromkeys(STAGES, "UpToDate")
    assert toy.log() == []
    assert not (toy.place / ".prefect").exists()


def test_only_what_a_change_reaches_is_run_and_a_new_stage_needs_no_python(toy):
    graph = toy.place / "dvc.yaml"
    stages = yaml.safe_load(graph.read_text())["stages"]
    graph.write_text(yaml.safe_dump({"stages": {**stages, "late": stage("late", ("join",))}}))
    toy.set("join", 4)
    expected = {"seed": "UpToDate", "left": "UpToDate", "right": "UpToDate"}
    assert states(toy.pipeline()) == {**expected, "join": "Ran", "late": "Ran"}
    assert toy.run("dvc", "repro").stdout.count("didn't change, skipping") == 5

    (toy.place / "world/log").unlink()
    toy.set("join", 1)
    assert states(toy.pipeline()) == {**expected, "join": "Restored", "late": "Ran"}
    assert [line for line in toy.log() if line.startswith("join")] == []
    assert toy.made("join") == toy.value("join")


def test_dvc_alone_does_the_same_without_a_server(toy):
    toy.set("join", 7)
    result = toy.run("dvc", "repro", url="http://127.0.0.1:9/api")
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("no server of Prefect answers at http://127.0.0.1:9/api") == 1
    imported = toy.place / "world/prefect"
    assert not imported.exists()
    assert states(toy.pipeline(url=None)) == dict.fromkeys(STAGES, "UpToDate")

    lock = (toy.place / "dvc.lock").read_bytes()
    (toy.place / ".cache").rename(toy.place / "old")
    assert toy.run("dvc", "repro", "--force", "--single-item", "join").returncode == 0
    assert imported.exists()
    assert toy.log().count("join 2") == 2
    assert (toy.place / "dvc.lock").read_bytes() == lock
    names = [run["name"] for run in ask(toy.url, "flow_runs") if not run["parent_task_run_id"]]
    assert len(names) >= 2


def test_a_failure_stops_what_depends_on_it_and_nothing_else(toy):
    for name in ("left", "right"):
        toy.set(name, 11)
    toy.trouble("left", "fail")
    result = toy.pipeline()
    expected = {"seed": "UpToDate", "left": "Failed", "right": "Ran", "join": "NotReady"}
    assert states(result) == expected
    assert result.returncode == 1
    line = "left: toy.yaml: the value is not to my taste; change it"
    assert f"pipeline: {line} (not run for that: join)" in result.stderr.splitlines()
    assert "Traceback" not in result.stdout + result.stderr

    toy.trouble("left", None)
    again = toy.pipeline()
    assert states(again) == {**expected, "left": "Ran", "right": "UpToDate", "join": "Ran"}
    assert toy.made("join") == toy.value("join")


def test_a_wrong_parameter_is_refused_before_anything_starts(toy):
    file = toy.place / "params.yaml"
    file.write_text(file.read_text().replace("runtime:", "runtimes:"))
    result = toy.pipeline(url=None)
    assert result.returncode == 1
    assert result.stderr.startswith("pipeline: params.yaml: unknown section 'runtimes'")
    assert len(result.stderr.splitlines()) == 1


def test_on_the_gpu_one_stage_computes_at_a_time_with_and_without_a_server(toy):
    (toy.place / "world/gpu").touch()
    for name in ("left", "right"):
        toy.set(name, 13)
        toy.trouble(name, "sleep 4")
    commands = {"left": toy.environment(), "right": toy.environment(None)}
    started = [
        subprocess.Popen([sys.executable, "toy.py", name], cwd=toy.place, env=env)
        for name, env in commands.items()
    ]
    assert [process.wait(120) for process in started] == [0, 0]
    order = [line.split()[0] for line in toy.log()]
    assert [name for name, _ in groupby(order)] in (["left", "right"], ["right", "left"])
    (tasks,) = [
        each
        for each in ask(toy.url, "task_runs")
        if each["name"] == "left 1 of 3" and each["tags"]
    ]
    assert tasks["tags"] == ["gpu"]
