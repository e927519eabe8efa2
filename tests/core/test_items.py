import os

import pytest

from tasks.core import items


def test_a_key_depends_on_every_part_and_on_nothing_else():
    assert items.key("a", 1, {"x": 1, "y": 2}) == items.key("a", 1, {"y": 2, "x": 1})
    assert len({items.key("a", 1), items.key("a", 2), items.key("b", 1), items.key("a", "1")}) == 4


def test_an_item_is_made_once(project):
    calls = []

    def write(folder):
        calls.append(1)
        (folder / "value").write_text("7")

    first, second = items.produce("ab" * 32, write), items.produce("ab" * 32, write)
    assert first == second
    assert (first / "value").read_text() == "7"
    assert len(calls) == 1


def test_a_failure_leaves_no_item_and_no_draft(project):
    def write(folder):
        (folder / "half").write_text("...")
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        items.produce("cd" * 32, write)
    assert not items.exists("cd" * 32)
    assert not list(items.ITEMS.rglob("*.tmp"))


def test_whoever_comes_second_keeps_what_is_there(project):
    def write(folder):
        (folder / "value").write_text("late")
        if not items.exists("ef" * 32):
            items.produce("ef" * 32, lambda other: (other / "value").write_text("early"))

    assert (items.produce("ef" * 32, write) / "value").read_text() == "early"


def test_drafts_of_processes_that_have_ended_are_cleared_and_others_stay(project, monkeypatch):
    def stop(folder):
        (folder / "half").write_text("...")
        folder.rename(folder.with_name(folder.name.replace(f"-{os.getpid()}-", "-4194305-")))
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        items.produce("ab" * 32, stop)
    with monkeypatch.context() as patch:
        patch.setattr(items.platform, "node", lambda: "another machine")
        items.clear_drafts()
    assert len(list(items.ITEMS.rglob("*.tmp"))) == 1
    items.clear_drafts()
    assert not list(items.ITEMS.rglob("*.tmp"))


def test_the_time_of_an_item_is_that_of_its_last_use(project):
    place = items.produce("ab" * 32, lambda folder: (folder / "value").write_text("7"))
    os.utime(place, (1.0, 1.0))
    items.path("ab" * 32)
    assert place.stat().st_mtime > 1.0
