"""A toy project with a diamond of stages, and one server of Prefect for the whole session."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flows import server as prefect_server
from tasks.core import health
from tests.flows.harness import HERE, NEEDS, ROOT, Toy, environment, processes, stage, until


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
    shutil.copy(HERE / "toy.py", place)
    shutil.copy(ROOT / "params.yaml", place)
    shutil.copy(ROOT / ".dvcignore", place)
    for folder in (".dvc", "world", "data/inbox"):
        (place / folder).mkdir(parents=True)
    shutil.copy(ROOT / ".dvc/config", place / ".dvc")
    (place / "toy.yaml").write_text("{seed: 1, left: 2, right: 3, join: 1, late: 5, som: 2}")
    stages = {name: stage(name, needs) for name, needs in NEEDS.items()}
    (place / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
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
