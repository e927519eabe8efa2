"""The deployment: made as often as one likes, with a form, a sleeping schedule and one run at a
time.
"""

import json
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.flows.harness import ask, environment, start

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
