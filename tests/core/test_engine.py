"""The engine without Prefect's engine: order, records, what a stage's command says and leaves."""

import sys
from dataclasses import dataclass

import pytest
from prefect import flow

from tasks.core import backend, engine
from tasks.core.errors import InputError


@dataclass(frozen=True)
class Part:
    number: int

    @property
    def key(self) -> str:
        return f"{self.number:064x}"


@engine.shard
def square(part: Part) -> dict[str, object]:
    return {"value": part.number**2, "pair": (part.number, part.number)}


@pytest.fixture
def command(project, monkeypatch):
    """Return a function that runs a flow as a stage's command."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(sys, "argv", ["som"])
    monkeypatch.setattr(backend, "configure", lambda threads: None)
    monkeypatch.setattr(engine.signal, "signal", lambda *_: None)
    return engine.main


def test_records_come_in_order_and_as_json_gives_them_back():
    records = engine.map_shards(square, [Part(n) for n in (3, 1, 2)], label="squares", workers=2)
    assert records == [{"value": n * n, "pair": [n, n]} for n in (3, 1, 2)]


def test_a_shard_that_fails_ends_the_map():
    @engine.shard
    def fail(part: Part) -> None:
        raise InputError("x.yaml: wrong")

    with pytest.raises(InputError, match="wrong"):
        engine.map_shards(fail, [Part(1), Part(2)], label="failures")


def test_a_users_mistake_is_one_line_and_status_one(command):
    @flow(name="som")
    def wrong() -> None:
        raise InputError("params.yaml: som.rows: wrong")

    with pytest.raises(SystemExit) as end:
        command(wrong)
    assert end.value.code == "som: params.yaml: som.rows: wrong"


def test_a_defect_keeps_its_traceback(command):
    @flow(name="som")
    def broken() -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        command(broken)


def test_what_a_killed_run_left_half_written_is_removed_first(command, project):
    draft = project / "data/.som-abc.tmp"
    other = project / "data/.features-abc.tmp"
    for folder in (draft, other):
        folder.mkdir(parents=True)
    seen = []

    @flow(name="som")
    def look() -> None:
        seen.append((draft.exists(), other.exists()))

    command(look)
    assert seen == [(False, True)]


def test_a_dead_server_is_named_once_and_left_alone(command, monkeypatch, capsys):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")

    @flow(name="som")
    def quiet() -> None:
        engine.map_shards(square, [Part(1)], label="squares")

    command(quiet)
    said = capsys.readouterr().err
    assert said.count("no server of Prefect answers at http://127.0.0.1:9/api") == 1
