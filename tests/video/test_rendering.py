"""Any picture: cut to what can be painted; the command `render`."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from flows import render as command
from tasks.core.errors import InputError
from tasks.video import clip
from tasks.video.rendering import paintable
from tests.video import small


@pytest.mark.parametrize(
    ("height", "width", "wanted"),
    [(100, 100, (64, 64)), (300, 400, (64, 64)), (128, 260, (64, 128)), (500, 130, (224, 64))],
)
def test_pictures_are_cut_to_blocks_on_both_sides(height: int, width: int, wanted) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    assert paintable(picture, 128, stride=4, upscale=2, name="p").shape == (*wanted, 3)


def test_the_middle_is_kept_and_not_stretched() -> None:
    y, x = np.mgrid[:200, :330]
    disc = ((y - 99.5) ** 2 + (x - 164.5) ** 2 < 60**2) * np.uint8(255)
    found = paintable(np.repeat(disc[..., None], 3, -1), 96, stride=4, upscale=1, name="p") > 127
    rows, cols = (np.flatnonzero(found[..., 0].any(axis)) for axis in (1, 0))
    assert abs(len(rows) - len(cols)) <= 1
    assert abs(rows.mean() - (found.shape[0] - 1) / 2) <= 0.5
    assert abs(cols.mean() - (found.shape[1] - 1) / 2) <= 0.5


@pytest.mark.parametrize(("size", "said"), [(100, "a multiple of 64"), (0, "a multiple of 64")])
def test_sizes_that_cannot_be_painted_are_refused(size: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        paintable(np.zeros((64, 64, 3), np.uint8), size, stride=4, upscale=2, name="p")


def test_long_strips_are_refused() -> None:
    with pytest.raises(InputError, match=r"strip\.png: 500x100 is too long"):
        paintable(np.zeros((100, 500, 3), np.uint8), 64, stride=4, upscale=1, name="strip.png")


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
        (("none.png",), "none.png: not there"),
        (("broken.png",), "broken.png: damaged"),
        (("harbour.png", "--seconds", "0"), "--seconds: 0"),
        (("harbour.png", "--seconds", "nan"), "--seconds: nan"),
        (("harbour.png", "--seconds", "0.01"), "command line: frames"),
        (("harbour.png", "--fps", "0"), "command line: rate"),
        (("harbour.png", "--seed", "-1"), "command line: seed"),
        (("harbour.png", "--size", "50"), "size: 50"),
        (("harbour.png", "sub/harbour.png"), "harbour: two pictures"),
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
