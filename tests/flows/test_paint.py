"""The command `paint`: pictures of any pictures' impressions, in files that say how they came."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from flows import paint as command
from tasks.conditioning import files
from tests.conditioning import tiny
from tests.controlnet import small
from tests.flows.harness import ended

MODES = {
    "controlnet": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
    "none": {"name": "none"},
    "nearer": {**command.FAITHFUL, "painted": {"name": "none"}},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project with a folder of pictures beside it."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small.write()
        small.train(small.section(steps=0, curve=[0]))
    generation = {"pictures": 4, "scheduler": "unipc", "num_inference_steps": 2, "modes": MODES}
    real = yaml.safe_load((Path(command.__file__).parents[1] / "params.yaml").read_text())
    values = {
        **real,
        "pictures": {**real["pictures"], "size": tiny.SIZE},
        "runtime": small.RUNTIME.model_dump(),
        "features": small.FEATURES.model_dump(),
        "impressions": small.IMPRESSIONS_SECTION.model_dump(),
        "generation": {**generation, "guidance_scale": 1.0},
    }
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    (folder / "inbox").mkdir()
    for number, pixels in enumerate(tiny.pictures(3)):
        Image.fromarray(pixels).save(folder / "inbox" / f"{number}.png")
    (folder / "inbox" / "1.txt").write_text("a sea")
    Image.fromarray(tiny.pictures(1)[0][:3, :5]).save(folder / "speck.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    return folder


@pytest.fixture
def run(written: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that runs the command in that project and returns how it ended."""
    monkeypatch.chdir(written)
    return lambda *words: ended(command, words)


def test_a_folder_is_painted_and_each_file_says_how(run, tmp_path: Path) -> None:
    assert run("inbox", "--out", str(tmp_path), "--seed", "5") == ""
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["0.png", "1.png", "2.png"]
    records = [files.read(tmp_path / name) for name in found]
    assert [record and record["prompt"] for record in records] == ["a photo", "a sea", "a photo"]
    assert all(record and record["seed"] == 5 for record in records)
    with Image.open(tmp_path / "1.png") as image:
        assert image.size == (tiny.SIZE, tiny.SIZE)
        assert image.text["parameters"].startswith("a sea\nSteps: 2, Sampler: unipc")


def test_what_is_there_is_left_and_what_is_missing_comes_back_the_same(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("inbox", "--out", str(tmp_path), "--prompt", "a red house", "--format", "webp")
    assert run(*words) == ""
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with monkeypatch.context() as patch:
        patch.setattr(command.Painting, "__call__", lambda *given: pytest.fail("painted again"))
        assert run(*words) == ""
    (tmp_path / "1.webp").unlink()
    shutil.copyfile("broken.png", tmp_path / "2.webp")
    assert run(*words) == ""
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert run(*words[:-2], "--format", "webp", "--seed", "9") == ""
    assert (tmp_path / "1.webp").read_bytes() != before["1.webp"]


def test_a_style_moves_palette_and_look(run, tmp_path: Path) -> None:
    plain, styled = tmp_path / "plain", tmp_path / "styled"
    style = tmp_path / "style.png"
    Image.new("RGB", (40, 50), (200, 60, 30)).save(style)
    assert run("inbox", "--out", str(plain)) == ""
    assert run("inbox", "--out", str(styled), "--style", str(style)) == ""
    shown = (map(Image.open, sorted(place.iterdir())) for place in (plain, styled))
    means = [np.stack(list(map(np.asarray, each))).mean((0, 1, 2)) for each in shown]
    record = files.read(styled / "0.png")
    assert record is not None
    assert record["mode"]["name"] == "styled"
    assert record["inputs"]["style"]
    assert not np.allclose(*means, atol=1)


def test_a_picture_may_be_brought_nearer_to_its_impression(run, tmp_path: Path) -> None:
    plain, nearer = tmp_path / "plain", tmp_path / "nearer"
    assert run("inbox", "--out", str(plain), "--mode", "none") == ""
    assert run("inbox", "--out", str(nearer), "--mode", "none", "--faithful") == ""
    record = files.read(nearer / "0.png")
    assert record is not None
    assert record["mode"] == {**command.FAITHFUL, "painted": {"name": "none"}}
    assert (nearer / "0.png").read_bytes() != (plain / "0.png").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.png",), "none.png: not there; give a picture or a folder"),
        (("broken.png",), "broken.png: damaged"),
        (("speck.png",), "speck: 5x3 pixels, smaller than a cell of 8; give a larger picture"),
        (("inbox", "--mode", "brush"), "'brush' is not in generation.modes; choose one of"),
        (("inbox", "--mode", "nearer", "--faithful"), "faithful already; leave out --faithful"),
        (("inbox", "--mode", "none", "--style", "speck.png"), "none and --style FILE do not go"),
        (("inbox", "--size", "4"), "size: 4 pixels; give a multiple of features.stride = 8"),
        (("inbox/1.png", "inbox/1.png"), "1: two pictures have this name"),
        (("inbox", "--style", "nothing.png"), "nothing.png: not there"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    run, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    end = run(*words, "--out", str(tmp_path / "out"))
    assert said in end
    assert "\n" not in end
    assert not list((tmp_path / "out").glob("*"))
