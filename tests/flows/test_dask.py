"""Dask instead of threads: the same bytes, whoever computes, whoever dies."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tasks.core import store
from tests.flows.harness import Toy, ask, processes, until

pytest.importorskip("distributed", reason="needs the extra [dask]")

STAGE = (sys.executable, "toy.py", "left")
NOT_COPIED = shutil.ignore_patterns("world", ".prefect", "tmp", ".cache")
LOCAL = {"name": "dask", "address": None, "workers": 2}


def choose(toy: Toy, runner: dict[str, object]) -> None:
    """Set the runner of the project."""
    file = toy.place / "params.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "runner": runner}))


def made(toy: Toy) -> tuple[str, str]:
    """Return the digests of all items and of the stage's output."""
    return store.digest(toy.place / ".cache/items"), store.digest(toy.place / "data/left")


def finished(toy: Toy) -> list[str]:
    """Return the parts that have been computed to their end."""
    return sorted(line for line in toy.log() if not line.endswith("begins"))


@pytest.fixture(scope="module")
def expected(built, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return what threads make of a new value."""
    original, _ = built
    place = tmp_path_factory.mktemp("threads") / "toy"
    shutil.copytree(original.place, place, ignore=NOT_COPIED)
    toy = Toy(place, original.url)
    (place / "world").mkdir()
    toy.set("left", 29)
    assert "left: 0 of 3 items reused, 3 to compute" in toy.run(*STAGE, url=None).stderr
    return made(toy)


@pytest.fixture
def clean(toy: Toy) -> Toy:
    """Return the project with that value and without items."""
    shutil.rmtree(toy.place / ".cache")
    toy.set("left", 29)
    return toy


@contextmanager
def cluster(toy: Toy, place: Path | None = None, env: dict[str, str] | None = None):
    """Yield the address of a scheduler with two workers, each a process of its own, that stand in
    the project or at `place`.
    """
    card = toy.place / "scheduler.json"
    common = ["--scheduler-file", str(card), "--no-dashboard"]
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", *common],
        *(["worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", *common],) * 2,
    ]
    with (toy.place / "cluster").open("w") as output:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                cwd=place or toy.place,
                env={**toy.environment(None), **(env or {})},
                stdout=output,
                stderr=output,
            )
            for command in commands
        ]
    try:
        written = until(lambda: card.is_file() and card.read_text(), 60)
        assert written, (toy.place / "cluster").read_text()
        yield json.loads(card.read_text())["address"]
    finally:
        for process in started:
            process.kill()
            process.wait(20)


@contextmanager
def while_its_last_part_runs(toy: Toy, url: str | None) -> Iterator[int]:
    """Run the stage on Dask, yield the worker in whose hands the last part is once the others are
    done, and let that part come to an end when it is tried again.
    """
    toy.trouble("left", "sleep 60")
    process = toy.start(*STAGE, url=url)
    assert until(lambda: len(finished(toy)) == 2, 60), toy.output()
    toy.trouble("left", None)
    yield int((toy.place / "world/process-2").read_text())
    assert process.wait(60) == 0, toy.output()


def test_a_worker_that_is_killed_costs_its_part_and_nothing_else(clean: Toy, expected):
    choose(clean, LOCAL)
    with while_its_last_part_runs(clean, clean.url) as worker:
        assert worker in processes(clean.place)
        os.kill(worker, signal.SIGKILL)
    assert made(clean) == expected
    assert finished(clean) == ["left 0", "left 1", "left 2"]
    assert clean.log().count("left 2 begins") == 2
    assert until(lambda: not processes(clean.place), 5)
    assert "INFO" not in clean.output()

    names = {f"left {number} of 3" for number in (1, 2, 3)}
    tasks = [task for task in ask(clean.url, "task_runs") if task["name"] in names]
    states = {task["name"]: task["state_type"] for task in tasks}
    assert states == dict.fromkeys(names, "COMPLETED")
    described = {artifact["description"] for artifact in ask(clean.url, "artifacts")}
    assert "left: 0 of 3 items reused, 3 to compute" in described


def test_workers_elsewhere_are_found_at_their_scheduler(clean: Toy, expected):
    with cluster(clean) as address:
        choose(clean, {**LOCAL, "address": address})
        with while_its_last_part_runs(clean, None) as worker:
            os.kill(worker, signal.SIGKILL)
        assert made(clean) == expected
    assert finished(clean) == ["left 0", "left 1", "left 2"]
    assert clean.log().count("left 2 begins") == 2


def test_killing_the_stage_ends_its_workers(toy):
    choose(toy, LOCAL)
    toy.set("left", 31)
    toy.trouble("left", "sleep 60")
    process = toy.start(*STAGE, url=None)
    before = processes(toy.place)
    process.kill()
    process.wait()
    assert len(before) > 2
    assert until(lambda: not processes(toy.place), 3)


def test_workers_that_share_no_disk_get_what_they_read_by_the_bucket(clean: Toy, expected, s3):
    import s3fs

    s3fs.S3FileSystem(endpoint_url=s3["AWS_ENDPOINT_URL_S3"], key="a", secret="b").mkdir("far")
    far = clean.place.parent / "far"
    far.mkdir()
    for name in ("toy.py", "toy.yaml", "dvc.yaml", "params.yaml"):
        shutil.copy(clean.place / name, far)
    (far / "world").mkdir()
    file = clean.place / "params.yaml"
    values = {**yaml.safe_load(file.read_text()), "items": {"root": "s3://far/items"}}
    file.write_text(yaml.safe_dump(values))
    with cluster(clean, far, s3) as address:
        choose(clean, {**LOCAL, "address": address})
        result = clean.run("env", *(f"{name}={value}" for name, value in s3.items()), *STAGE)
    assert result.returncode == 0, result.stderr
    assert clean.log() == []
    done = (far / "world/log").read_text().splitlines()
    assert sorted(line for line in done if not line.endswith("begins")) == [
        "left 0",
        "left 1",
        "left 2",
    ]
    assert made(clean)[1] == expected[1]
    assert store.digest(far / "data/seed") == store.digest(clean.place / "data/seed")
