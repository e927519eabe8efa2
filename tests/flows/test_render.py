"""The command `render`: any pictures, by words or by a table, become clips and a page."""

from pathlib import Path

import cv2
import pytest

from flows import render as command
from tasks.video import clip
from tests.video import small


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project with a picture beside it."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small.write()
    cv2.imwrite(str(folder / "harbour.png"), small.noise_picture(48, 64))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    return folder


@pytest.fixture
def run(written: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs the command in that project and returns how it ended."""
    monkeypatch.chdir(written)
    monkeypatch.setattr(command.progress, "speak", lambda logger: None)
    monkeypatch.setattr(command.backend, "configure", lambda threads: None)

    def render(*words: str) -> str:
        try:
            command.main(words)
        except SystemExit as end:
            return str(end.code)
        return ""

    return render


def test_a_picture_becomes_a_clip(run, tmp_path: Path) -> None:
    options = ("--prompt", "a harbour", "--out", str(tmp_path), "--seconds", "0.5", "--size", "64")
    assert run("harbour.png", *options) == ""
    assert clip.read(tmp_path, "harbour").shape == (6, 64, 64, 3)
    assert clip.record(tmp_path, "harbour")["rate"] == 12


def test_a_preview_needs_no_model(run, written: Path, tmp_path: Path) -> None:
    hidden = {written / "data" / name: written / name for name in ("base", "controlnet")}
    for place, aside in hidden.items():
        place.rename(aside)
    try:
        options = ("harbour.png", "--out", str(tmp_path), "--size", "64")
        assert run(*options, "--preview") == ""
        assert run(*options) == "render: data/base: not there; run: dvc repro base"
    finally:
        for place, aside in hidden.items():
            aside.rename(place)
    assert len(clip.read(tmp_path, "harbour")) == 6


def test_another_seed_is_another_clip(run, tmp_path: Path) -> None:
    for seed in ("1", "2", "1"):
        options = ("--out", str(tmp_path / seed), "--seed", seed, "--size", "64", "--preview")
        assert run("harbour.png", *options) == ""
    one, two = (clip.record(tmp_path / seed, "harbour")["sha256"] for seed in ("1", "2"))
    assert one != two


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.png",), "none.png is not there"),
        (("broken.png",), "broken.png: damaged"),
        (("harbour.png", "--seconds", "0"), "command line: seconds: "),
        (("harbour.png", "--seconds", "nan"), "command line: seconds: "),
        (("harbour.png", "--seconds", "0.01"), "harbour.png: frames: "),
        (("harbour.png", "--fps", "0"), "command line: fps: "),
        (("harbour.png", "--seed", "-1"), "command line: seed"),
        (("harbour.png", "--size", "50"), "size: 50"),
        (("harbour.png", "./harbour.png"), "two shots of the name 'harbour'"),
        (("harbour.png", "--root", "nowhere"), "nowhere"),
    ],
)
def test_mistakes_are_told_in_one_line(run, written: Path, words, said: str) -> None:
    told = run(*words, "--preview", "--out", "out")
    assert told.startswith("render: ")
    assert said in told
    assert "\n" not in told
    assert not (written / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_told(run, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    told = run("harbour.png", "--preview", "--out", str(tmp_path / "taken"), "--size", "64")
    assert "taken: no folder for clips" in told
