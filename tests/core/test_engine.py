"""The engine without Prefect: order, records, what a stage's command says and leaves."""

import sys
from dataclasses import dataclass

import pytest

from tasks.core import backend, engine, items, uses
from tasks.core.errors import InputError


@dataclass(frozen=True)
class Part:
    number: int

    @property
    def key(self) -> str:
        return f"{self.number:064x}"


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


class Faraway:
    """Stands for workers elsewhere: counts the parts that it is given."""

    remote = True

    def __init__(self) -> None:
        self.given: list[tuple[str, bool]] = []

    def slots(self, workers: int) -> int:
        return 3

    def compute(self, function, part, *, gpu):
        self.given.append((part.key, gpu))
        return function(part)


def keep(part: Part) -> dict[str, int]:
    items.produce(part.key, lambda folder: (folder / "value").write_text(str(part.number)))
    return {"value": part.number}


def test_what_is_done_is_counted_and_not_given_to_the_runner(project, monkeypatch, caplog):
    runner = Faraway()
    monkeypatch.setattr(engine, "_chosen", runner)
    parts = [Part(number) for number in range(5)]
    for part in parts[1:3]:
        keep(part)
    with caplog.at_level("INFO"):
        records = engine.map_shards(keep, parts, label="numbers", gpu=True)
    assert [record["value"] for record in records] == [0, 1, 2, 3, 4]
    assert sorted(runner.given) == [(parts[n].key, True) for n in (0, 3, 4)]
    assert caplog.messages == ["numbers: 2 of 5 items reused, 3 to compute"]


@pytest.mark.parametrize(("numbers", "in_order"), [((1,), False), ((1, 2, 3), True)])
def test_a_lone_part_and_parts_in_order_are_computed_here(project, monkeypatch, numbers, in_order):
    runner = Faraway()
    monkeypatch.setattr(engine, "_chosen", runner)
    engine.map_shards(keep, [Part(n) for n in numbers], label="numbers", in_order=in_order)
    assert runner.given == []


def test_parts_of_a_part_are_used_within_it(project):
    inner = [Part(number) for number in range(10, 13)]

    def nest(part: Part) -> None:
        items.produce(part.key, lambda _: engine.map_shards(keep, inner, label="inner", workers=2))

    with uses.recorded("som"):
        engine.map_shards(nest, [Part(1), Part(2)], label="outer", workers=2)
    (record,) = uses.records()
    assert record.needed == {Part(1).key, Part(2).key}
    assert record.within == {part.key for part in inner}


def test_items_and_runner_are_those_of_the_parameters(project, set_params):
    set_params({"items.root": "elsewhere", "runner": {"name": "threads"}})
    with engine.computing("som"):
        engine.map_shards(keep, [Part(1)], label="numbers")
    items.configure(str(items.ITEMS))
    assert len(list((project / "elsewhere").glob("*/*/value"))) == 1


def test_a_shard_that_fails_ends_the_map():
    def fail(part: Part) -> None:
        raise InputError("x.yaml: wrong")

    with pytest.raises(InputError, match="wrong"):
        engine.map_shards(fail, [Part(1), Part(2)], label="failures")


def test_a_users_mistake_is_one_line_and_status_one(command):
    def som() -> None:
        raise InputError("params.yaml: som.rows: wrong")

    with pytest.raises(SystemExit) as end:
        command(som)
    assert end.value.code == "som: params.yaml: som.rows: wrong"


def test_a_defect_keeps_its_traceback(command):
    def som() -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        command(som)


def test_what_a_killed_run_left_half_written_is_removed_first(command, project):
    draft = project / "data/.som-abc.tmp"
    other = project / "data/.features-abc.tmp"
    for folder in (draft, other):
        folder.mkdir(parents=True)
    seen = []

    def som() -> None:
        seen.append((draft.exists(), other.exists()))

    command(som)
    assert seen == [(False, True)]


def test_a_dead_server_is_named_once_and_left_alone(command, monkeypatch, capsys):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")

    def som() -> None:
        engine.map_shards(square, [Part(1)], label="squares")

    command(som)
    said = capsys.readouterr().err
    assert said.count("no server of Prefect answers at http://127.0.0.1:9/api") == 1
