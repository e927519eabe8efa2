"""A toy project with a diamond of stages, and one server of Prefect for the whole session."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import server as prefect_server
from tasks.core import health
from tests.flows.harness import ROOT, Toy, build, environment, processes, until


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of the session's server, started as a user would."""
    place = tmp_path_factory.mktemp("server")
    port = prefect_server.free_port()
    often = {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5"}
    env = {**environment(place), **often, "PREFECT_HOME": str(place / ".prefect")}
    command = [sys.executable, "-m", "flows.server", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    url = f"http://127.0.0.1:{port}/api"
    assert until(lambda: health.answers(url), 120)
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert processes(place) == []
    assert not (place / "names").exists(), (place / "names").read_text()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, server: str):
    """Return the toy project after its first run, and what that run said."""
    place = tmp_path_factory.mktemp("built")
    build(place)
    toy = Toy(place, server)
    return toy, toy.pipeline("--workers", "2")


@pytest.fixture
def toy(built, tmp_path: Path) -> Toy:
    """Return a copy of the toy project in which everything is up to date."""
    original, _ = built
    place = tmp_path / "toy"
    shutil.copytree(
        original.place, place, ignore=shutil.ignore_patterns("world", ".prefect", "tmp")
    )
    (place / "world").mkdir()
    return Toy(place, original.url)
