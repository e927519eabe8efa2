"""The deployment: made as often as one likes, with a form, a sleeping schedule and one run at a
time.
"""

import json
import os
import signal
import subprocess
import sys
from subprocess import PIPE
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from prefect.states import Running

from flows import ghosts
from flows.server import free_port
from tests.flows.harness import ask, call, environment, processes, start

REFUSED = [
    ("main-job", {"options": {"workers": 99}}, "99 is greater than the maximum of 16"),
    ("new-numbers", {"numbers": {"som": {"epochs": 0}}}, "0 is less than the minimum of 1"),
    ("new-numbers", {"numbers": {"som": {"nothing": 1}}}, "Additional properties are not allowed"),
    ("shots", {"shots": {"table": ""}}, "should be non-empty"),
]


def test_deploying_twice_makes_each_deployment_once_and_bad_values_are_refused(toy):
    for _ in range(2):
        result = toy.run(sys.executable, "-m", "flows.deploy")
        assert result.returncode == 0, result.stderr
    assert "prefect worker start --pool local" in result.stdout
    deployed = ask(toy.url, "deployments")
    assert sorted(each["name"] for each in deployed) == ["main-job", "new-numbers", "shots"]
    step = {"prefect.deployments.steps.set_working_directory": {"directory": str(toy.place)}}
    for each in deployed:
        assert each["pull_steps"] == [step]
        assert each["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        assert each["global_concurrency_limit"]["limit"] == 1
    active = {each["name"]: [one["active"] for one in each["schedules"]] for each in deployed}
    assert active == {"main-job": [False], "new-numbers": [], "shots": []}
    assert [pool["type"] for pool in ask(toy.url, "work_pools") if pool["name"] == "local"] == [
        "process"
    ]
    numbers = {each["name"]: each["id"] for each in deployed}
    for name, parameters, words in REFUSED:
        with pytest.raises(HTTPError) as refusal:
            start(toy.url, numbers[name], parameters)
        assert words in refusal.value.read().decode()


def test_a_run_that_a_crash_has_left_running_gives_its_place_to_the_next(toy):
    deploy = (sys.executable, "-m", "flows.deploy")
    assert toy.run(*deploy).returncode == 0
    (number,) = [one["id"] for one in ask(toy.url, "deployments") if one["name"] == "shots"]
    runs = [start(toy.url, number, {"shots": {}}) for _ in range(2)]
    asked = [enter(toy.url, run) for run in runs]
    assert [each["status"] for each in asked] == ["ACCEPT", "REJECT"]
    said = toy.run(*deploy)
    assert said.returncode == 0, said.stderr
    found = [call(toy.url, "GET", f"flow_runs/{run}") for run in runs]
    assert [run["state_name"] for run in found] == ["Crashed", "AwaitingConcurrencySlot"]
    assert f"the run {found[0]['name']}\n" in said.stdout
    limits = call(toy.url, "POST", "v2/concurrency_limits/filter", {})
    assert [one["active_slots"] for one in limits if number in one["name"]] == [0]
    for run in runs:
        call(toy.url, "DELETE", f"flow_runs/{run}")


def test_runs_of_other_pools_are_left():
    pools, ended = {"here": "local", "far": "cluster", "served": None}, []
    runs = [
        SimpleNamespace(id=uuid4(), name=name, work_pool_name=pool, state=Running())
        for name, pool in pools.items()
    ]
    client: Any = SimpleNamespace(
        read_flow_runs=lambda **_: runs,
        set_flow_run_state=lambda number, state: ended.append((number, state.name)),
    )
    assert ghosts.lay(client, ["main-job"], (None, "local")) == ["here", "served"]
    assert ended == [(runs[0].id, "Crashed"), (runs[2].id, "Crashed")]


def enter(url: str, run: str) -> dict:
    """Ask for the run to begin, as a worker does, and return the server's answer."""
    states = [
        call(url, "POST", f"flow_runs/{run}/set_state", {"state": {"type": kind}})
        for kind in ("PENDING", "RUNNING")
    ]
    return states[0] if states[0]["status"] != "ACCEPT" else states[1]


def test_the_pages_know_the_servers_port(server):
    with urlopen(server.removesuffix("/api") + "/ui-settings", timeout=10) as answer:
        assert json.load(answer)["api_url"] == server


def test_without_a_server_one_line_says_what_to_start(toy):
    result = toy.run(sys.executable, "-m", "flows.deploy", url=None)
    assert result.returncode == 1
    assert result.stderr == (
        "deploy: no server answers; start one in another terminal: python -m flows.server\n"
    )


def test_a_server_that_dies_ends_its_command_with_a_line(toy):
    command = [sys.executable, "-m", "flows.server", "--port", str(free_port())]
    process = subprocess.Popen(
        command, cwd=toy.place, env=toy.environment(None), stdout=PIPE, stderr=PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Pages: ")
    others = set(processes(toy.place)) - {process.pid}
    for each in others:
        os.kill(each, signal.SIGKILL)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, len(said.splitlines())) == (1, 1)
    assert said.startswith("server: Prefect's server has ended by itself; see ")


def test_the_trap_for_names_catches_a_look_up(tmp_path):
    program = (
        "import socket; socket.getaddrinfo('localhost', 1); socket.getaddrinfo('a.invalid', 1)"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env=environment(tmp_path),
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert (tmp_path / "names").read_text().split() == ["a.invalid"]
