"""The deployment: made as often as one likes, with a form, a sleeping schedule and one run at a
time.
"""

import json
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.flows.harness import ask, environment


def test_deploying_twice_makes_one_deployment_that_refuses_bad_values(toy):
    for _ in range(2):
        result = toy.run(sys.executable, "-m", "flows.deploy")
        assert result.returncode == 0, result.stderr
    assert "prefect worker start --pool local" in result.stdout
    (deployment,) = ask(toy.url, "deployments")
    assert deployment["name"] == "main-job"
    step = {"prefect.deployments.steps.set_working_directory": {"directory": str(toy.place)}}
    assert deployment["pull_steps"] == [step]
    assert [schedule["active"] for schedule in deployment["schedules"]] == [False]
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert [pool["type"] for pool in ask(toy.url, "work_pools") if pool["name"] == "local"] == [
        "process"
    ]
    body = json.dumps({"parameters": {"options": {"workers": 99}}}).encode()
    address = f"{toy.url}/deployments/{deployment['id']}/create_flow_run"
    with pytest.raises(HTTPError) as refusal:
        urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=10)
    assert "99 is greater than the maximum of 16" in refusal.value.read().decode()


def test_the_pages_know_the_servers_port(server):
    with urlopen(server.removesuffix("/api") + "/ui-settings", timeout=10) as answer:
        assert json.load(answer)["api_url"] == server


def test_without_a_server_one_line_says_what_to_start(toy):
    result = toy.run(sys.executable, "-m", "flows.deploy", url=None)
    assert result.returncode == 1
    assert result.stderr == (
        "deploy: no server answers; start one in another terminal: python -m flows.server\n"
    )


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
