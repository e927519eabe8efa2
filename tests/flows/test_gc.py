"""What is freed, and what stays: whatever a forced run would look up."""

import sys

import pytest
import yaml

from flows import gc
from flows.graph import Stage
from tasks.core import items, locks, uses

GC = (sys.executable, "-m", "flows.gc")


def key(name: str) -> str:
    return items.key(name)


def run(stage: str, *names: str, inner: str | None = None) -> None:
    """Make items as a run of `stage` would."""

    def write(folder):
        if inner:
            items.produce(key(inner), lambda half: (half / "half").write_bytes(bytes(10)))
        (folder / "value").write_bytes(bytes(1000))

    with uses.recorded(stage):
        for name in names:
            items.produce(key(name), write)


@pytest.fixture
def stages(project):
    """Return two stages, one after the other, both up to date."""
    for name in ("one", "two"):
        (project / name).write_text("first")
    entries = {name: {"cmd": name, "deps": [name]} for name in ("one", "two")}
    (project / "dvc.yaml").write_text(yaml.safe_dump({"stages": entries}))
    return {
        "one": Stage("one", (), (), stale=False),
        "two": Stage("two", ("one",), (), stale=False),
    }


def collect(stages, **options) -> list[str]:
    gc.collect(stages, **{"days": 0, "shared": False, "dry": False, **options})
    names = ("a", "b", "c", "d", "half", "lost")
    return [name for name in names if (items.ITEMS / key(name)[:2] / key(name)).is_dir()]


def test_what_the_current_inputs_need_stays_and_the_rest_goes(stages, project, capsys):
    run("one", "a", "b", inner="half")
    (project / "one").write_text("second")
    run("one", "b", "c")
    run("two", "d")
    items.produce(key("lost"), lambda folder: (folder / "value").write_bytes(bytes(5)))
    everything = ["a", "b", "c", "d", "half", "lost"]
    assert collect(stages, dry=True) == everything
    assert capsys.readouterr().out.splitlines() == [
        "one: 2 items, 1.0 kB",
        "runs cut short: 1 items, 5 B",
        "would free 3 items, 1.0 kB of 6 items, 4.0 kB",
    ]
    assert collect(stages, days=1) == everything
    assert collect(stages) == ["b", "c", "d"]
    assert len(uses.records()) == 2
    assert collect(stages) == ["b", "c", "d"]


def test_a_stage_that_is_out_of_date_and_all_after_it_keep_their_items(stages, project, capsys):
    run("one", "a")
    run("two", "c")
    (project / "two").write_text("second")
    run("two", "d")
    items.produce(key("lost"), lambda folder: None)
    stale = {**stages, "one": Stage("one", (), (), stale=True)}
    assert collect(stale) == ["a", "c", "d", "lost"]
    said = capsys.readouterr().out
    assert said.count("keeps all its items: it is out of date") == 2
    assert collect(stages) == ["a", "d"]


def test_a_stage_whose_run_is_not_known_keeps_its_items(stages, project, capsys):
    run("one", "a")
    (project / "one").write_text("second")
    run("two", "d")
    assert collect(stages) == ["a", "d"]
    assert (
        "one: keeps all its items: no run with its inputs is on record" in capsys.readouterr().out
    )


def test_an_item_that_is_missing_lets_those_within_it_stay(stages):
    run("one", "a", inner="half")
    run("two", "d")
    items.drop(key("a"))
    assert collect(stages) == ["d", "half"]
    run("one", "a", inner="half")
    assert collect(stages) == ["a", "d"]


def test_items_of_other_commands_stay(stages):
    for name in ("one", "two"):
        run(name)
    run("render", "a")
    run("render", "b")
    assert collect(stages) == ["a", "b"]


def test_a_folder_of_many_projects_is_left_alone_unless_told(project, set_params, monkeypatch):
    set_params({"items.root": str(project.parent / "shared")})
    monkeypatch.setattr(sys, "argv", ["gc", "--dry-run"])
    with pytest.raises(SystemExit) as end:
        gc.main()
    items.configure(str(items.ITEMS))
    assert "lies outside this project" in str(end.value.code)


def test_a_bucket_is_freed_when_it_is_this_projects_own(stages, project):
    items.configure("memory://gc/items")
    try:
        run("one", "a")
        (project / "one").write_text("second")
        run("one", "b")
        run("two", "d")
        assert collect(stages) == ["b", "d"]
        assert items.exists(key("a"))
        collect(stages, shared=True)
        assert items.missing([key(name) for name in "abd"]) == {key("a")}
    finally:
        items.configure(str(items.ITEMS))


def test_nothing_that_a_forced_run_looks_up_is_freed(toy):
    first, second = 2, 5
    toy.set("left", second)
    assert toy.run("dvc", "repro", url=None).returncode == 0
    toy.set("left", first)
    doubtful = toy.run(*GC, url=None)
    assert doubtful.returncode == 0, doubtful.stderr
    assert "left: keeps all its items: it is out of date" in doubtful.stdout
    assert "join: keeps all its items: it is out of date" in doubtful.stdout
    assert "seed: 3 items, 9 B" in doubtful.stdout

    assert "is cached - skipping run" in toy.run("dvc", "repro", url=None).stdout
    told = toy.run(*GC, url=None).stdout.splitlines()
    assert told[-1].startswith("freed 18 items, ")
    (toy.place / "world/log").unlink()
    result = toy.run("dvc", "repro", "--force", url=None)
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("3 of 3 items reused, 0 to compute") == 4
    assert toy.log() == []
    assert [toy.made(name) for name in ("left", "join")] == [
        toy.value(name) for name in ("left", "join")
    ]


def test_while_a_stage_runs_nothing_is_freed(toy, monkeypatch):
    monkeypatch.chdir(toy.place)
    with locks.only_writer("left"):
        result = toy.run(*GC, url=None)
    assert result.returncode == 1
    assert result.stderr.startswith("gc: another process runs left in this project")
