"""The deployment of a table of shots: what its run says and shows."""

from pathlib import Path

import pytest

from flows import contact_sheet, render, shots
from tasks.core import backend


@pytest.fixture
def shown(project, monkeypatch) -> list[list[Path]]:
    """Return what contact sheets are made of."""
    sheets: list[list[Path]] = []
    monkeypatch.setattr(backend, "configure", lambda threads: None)
    monkeypatch.setattr(contact_sheet, "publish", lambda places, *_: sheets.append(places))
    return sheets


def test_a_run_names_its_clips_and_shows_a_sheet_of_each(shown, monkeypatch):
    def made(table: Path, out: Path, *, preview: bool) -> list[Path]:
        assert (table, preview) == (Path("data/shots.yaml"), True)
        return [out / "a.mp4", out / "b.mp4"]

    monkeypatch.setattr(render, "render", made)
    state = shots.film.fn(shots.Shots(preview=True))
    assert (state.is_completed(), state.message) == (True, "2 clips in clips")
    assert shown == [[Path("clips/a_sheet.png"), Path("clips/b_sheet.png")]]


def test_a_users_mistake_is_the_message_of_the_run(shown):
    state = shots.film.fn(shots.Shots(table="nowhere.yaml"))
    assert state.is_failed()
    assert (
        state.message
        == "nowhere.yaml: not readable as a table of shots: No such file or directory"
    )
    assert shown == []
