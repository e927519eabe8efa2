"""The command `render`: any pictures, by words or by a table, become clips and a page."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from flows import render as command
from tasks.core import items
from tasks.video.files import clip
from tests.flows.harness import ended, environment, until
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
    return lambda *words: ended(command, words)


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
    assert len(list(clip.frames(tmp_path / "harbour.mp4"))) == 6
    assert not (tmp_path / "harbour.mkv").exists()
    measures = json.loads((tmp_path / "metrics.json").read_text())["harbour"]
    assert measures["motion"] > 0
    assert all(np.isfinite(value) for value in measures.values())


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


def test_an_unstable_step_is_told_before_anything_is_made(run, written: Path) -> None:
    file = written / "params.yaml"
    before = file.read_text()
    file.write_text(before.replace("step: 0.5", "step: 9.0"))
    try:
        told = run("harbour.png", "--preview", "--out", "unstable", "--size", "64")
    finally:
        file.write_text(before)
    assert told.startswith("render: video.integrator.step: 9 is not stable with this coupling; ")
    assert "\n" not in told
    assert not (written / "unstable").exists()


def test_a_file_in_the_place_of_the_folder_is_told(run, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    told = run("harbour.png", "--preview", "--out", str(tmp_path / "taken"), "--size", "64")
    assert "taken: no folder for clips" in told


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
def test_a_clip_moves_keeps_its_layout_and_never_tears(
    run, written: Path, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    picture = getattr(skimage.data, name)()
    cv2.imwrite(str(tmp_path / f"{name}.png"), picture[..., ::-1])
    table = tmp_path / "shots.yaml"
    shots = (
        f"{{picture: {name}.png, frames: 24, size: 128}}",
        f"{{picture: {name}.png, frames: 6, size: 128, name: wild, motion: {{amplitude: 0.8}}}}",
    )
    table.write_text(f"shots: [{', '.join(shots)}]\n")
    with caplog.at_level("WARNING", "impression_fields"):
        assert run("--shots", str(table), "--out", str(tmp_path / "out"), "--preview") == ""
    assert "would tear the picture; limited to" in caplog.text
    found = json.loads((tmp_path / "out/metrics.json").read_text())[name]
    assert found["motion"] >= 0.1
    assert found["layout"] >= 0.85
    assert 0.7 <= found["closure"] <= 1.3
    record = clip.record(tmp_path / "out", "wild")
    assert record["amplitude"] < record["requested_amplitude"] == 0.8
    for each in (name, "wild"):
        assert clip.displacement(tmp_path / "out", each).least_determinant >= 0.499
    for file in ("index.html", "contact_sheet.png", f"{name}_sheet.png"):
        assert (tmp_path / "out" / file).stat().st_size > 500


def test_a_stopped_table_goes_on_where_it_was(run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), small.noise_picture(48, 64))
    table = tmp_path / "shots.yaml"
    table.write_text("shots: [{picture: a.png, frames: 10, size: 64, cycles: 2, seed: 5}]\n")
    words = ("--shots", str(table), "--preview", "--out")
    before = set(items.ITEMS.rglob("segment.json"))
    assert run(*words, str(tmp_path / "one")) == ""
    found = set(items.ITEMS.rglob("segment.json")) - before
    written = {path: path.stat().st_mtime_ns for path in found}
    assert len(written) == 3
    lost = sorted(written)[0].parent
    shutil.rmtree(lost)
    assert run(*words, str(tmp_path / "two")) == ""
    again = [p for p, time in written.items() if p.stat().st_mtime_ns != time]
    assert [path.parent for path in again] == [lost]
    one, two = (
        {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two")
    )
    assert one == two


def test_the_report_never_falls_though_the_run_is_killed(run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "b.png"), small.noise_picture(48, 64))
    table, file = tmp_path / "shots.yaml", tmp_path / "out" / command.REPORT
    table.write_text("shots: [{picture: b.png, frames: 240, size: 64}]\n")
    options = ("--shots", str(table), "--out", str(tmp_path / "out"), "--preview")
    words, here = (sys.executable, "-m", "flows.render", *options), environment(tmp_path)
    done = [0]

    def report() -> dict:
        found = json.loads(file.read_text()) if file.is_file() else {"done": 0, "total": 240}
        done.append(found["done"])
        return found

    with subprocess.Popen(words, env=here) as process:
        assert until(lambda: 0 < report()["done"] < 240, 120)
        process.kill()
    with subprocess.Popen(words, env=here) as process:
        assert until(lambda: report()["done"] == 240, 120)
    assert process.returncode == 0
    assert done == sorted(done)
    assert {key: report()[key] for key in ("total", "segments_done", "shot")} == {
        "total": 240,
        "segments_done": 60,
        "shot": None,
    }


def test_what_is_to_be_rendered_is_said_once(run, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ((), ("harbour.png", "--shots", "t.yaml")):
        assert run(*words, "--out", "out") == "2"
        assert "give either pictures or --shots FILE" in capsys.readouterr().err
