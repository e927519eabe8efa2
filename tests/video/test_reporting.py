"""The report on clips that are being made."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks.core import items
from tasks.video import reporting
from tests.flows.harness import until


def part(shot: str, start: int, stop: int) -> Any:
    """Return what stands for a segment."""
    take = SimpleNamespace(name=shot, variant="kuramoto")
    key = items.key(shot, start, stop)
    return SimpleNamespace(work=SimpleNamespace(take=take), start=start, stop=stop, key=key)


def make(segment: Any) -> None:
    items.produce(segment.key, lambda folder: (folder / "made").touch())


PARTS = [part("cat", 0, 4), part("cat", 4, 6), part("cup", 0, 4), part("cup", 4, 6)]


@pytest.fixture
def file(project: Path) -> Path:
    return project / "new/progress.json"


def told(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text())


def test_a_report_counts_what_is_there_and_names_what_is_next(file: Path) -> None:
    make(PARTS[0])
    with reporting.reported(PARTS, file):
        first = told(file)
        for each in PARTS[1:]:
            make(each)
    assert (first["done"], first["total"], first["unit"]) == (4, 12, "frame")
    assert (first["segments_done"], first["segments"]) == (1, 4)
    assert (first["shot"], first["variant"], first["seconds_left"]) == ("cat", "kuramoto", None)
    last = {"done": 12, "segments_done": 4, "shot": None, "variant": None, "seconds_left": 0}
    assert told(file) == first | last
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_a_report_follows_a_run_and_stays_where_it_ends_badly(file: Path, monkeypatch) -> None:
    monkeypatch.setattr(reporting, "PAUSE", 0.01)
    seen = [0]

    def stopped() -> None:
        with reporting.reported(PARTS, file):
            for each in PARTS[:3]:
                make(each)
                assert until(lambda: told(file)["done"] > seen[-1], 30)
                seen.append(told(file)["done"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert seen == [0, 4, 6, 10]
    assert told(file)["done"] == 10
