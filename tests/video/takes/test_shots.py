"""The table of shots: what it may say, what becomes of it, and what is refused in one line."""

from pathlib import Path

import cv2
import pytest
import yaml

from tasks.core.errors import InputError
from tasks.video.takes import casting, shots
from tasks.video.takes.footage import Footage
from tasks.video.takes.sources import Filed, Held, Stage
from tests.video import small
from tests.video.clips import film

PHOTOGRAPHS = {"cat": ("a cat", Held(0, "1")), "cup": ("a cup", Held(1, "2"))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with pictures, a folder of pictures, a video and two that are broken."""
    place = tmp_path_factory.mktemp("pictures")
    (place / "more").mkdir()
    for name in ("one.png", "more/a.png", "more/b.png", "more/cat.png"):
        cv2.imwrite(str(place / name), small.noise_picture(48, 64))
    film(place / "walk.mp4", frames=10, rate=5, size=(48, 64))
    (place / "broken.png").write_bytes(b"no picture")
    (place / "broken.mp4").write_bytes(b"no video at all")
    return place


def cast(folder: Path, text: str, fence: Path | None = None) -> list[casting.Take]:
    table = folder / "shots.yaml"
    table.write_text("shots:\n" + "".join(f"  - {{{line}}}\n" for line in text.split("; ")))
    stage = Stage(small.section(), 7, PHOTOGRAPHS, folder, fence, 4, 100_000)
    return casting.cast(shots.read(table), stage, "shots.yaml")


def test_a_pattern_stands_for_photographs_with_their_captions(folder: Path) -> None:
    takes = cast(folder, 'picture: "*", at_most: 1; picture: cup, prompt: tea, seed: 3')
    assert [(t.name, t.prompt, t.seed, t.source) for t in takes] == [
        ("cat", "a cat", 7, Held(0, "1")),
        ("cup", "tea", 3, Held(1, "2")),
    ]
    assert {take.variant for take in takes} == {"kuramoto"}


def test_a_folder_gives_a_shot_a_picture(folder: Path) -> None:
    takes = cast(folder, "picture: more, variants: [frozen, kuramoto]")
    assert [(take.name, take.variant) for take in takes] == [
        (name, variant) for name in ("a", "b", "cat") for variant in ("frozen", "kuramoto")
    ]
    assert all(isinstance(take.source, Filed) for take in takes)
    assert takes[0].source.picture().shape == (32, 32, 3)


def test_what_a_shot_says_goes_before_the_parameters(folder: Path) -> None:
    (take,) = cast(
        folder,
        "picture: one.png, name: x, seconds: 2, fps: 8, cycles: 2, motion: {amplitude: 0.01}",
    )
    video = take.video
    assert (take.name, video.frames, video.rate, video.period) == ("x", 16, 8, 8)
    assert video.motion == {**small.VALUES["motion"], "amplitude": 0.01}


def test_another_motion_takes_nothing_from_the_usual_one(folder: Path) -> None:
    (take,) = cast(folder, "picture: cat, motion: {name: uniform, amplitude: 0.01}")
    assert take.video.motion == {"name": "uniform", "amplitude": 0.01}


def test_a_video_keeps_its_rate_and_length_and_is_restyled(folder: Path) -> None:
    (take,) = cast(folder, "picture: walk.mp4")
    assert isinstance(take.source, Footage)
    assert (take.variant, take.video.rate, take.video.frames) == ("restyled", 5, 10)
    (take,) = cast(folder, "picture: walk.mp4, fps: 10, seconds: 1")
    assert (take.video.rate, take.video.frames) == (10, 10)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("picture: none.png", "none.png is not there, nor a held-out photograph"),
        ("picture: broken.png", "broken.png: damaged"),
        ("picture: broken.mp4", "broken.mp4: not readable as a video"),
        ("picture: cat, fps: 0", "shots.0.fps"),
        ("picture: cat, seconds: 2, frames: 48", "seconds and frames"),
        ("picture: cat, colour: red", "shots.0.colour"),
        ("picture: cat, name: ../up", "shots.0.name"),
        ("picture: cat; picture: more", "two shots of the name 'cat'"),
        ("picture: cat, name: x; picture: cup, name: x", "two shots of the name 'x'"),
        ("picture: more, name: x", "3 pictures would have this name"),
        ("picture: cat, variants: [wild]", "variants: unknown name 'wild'"),
        (
            "picture: cat, motion: {amplitude: 2.0}",
            "cat: motion: motion: position_waves: amplitude",
        ),
        ("picture: cat, keyframes: [{at: 9, amplitude: 1}]", "frame 108 is beyond the last of 6"),
        ("picture: cat, keyframes: [{frame: 3}, {frame: 1}]", "not in the order of time"),
        ("picture: cat, keyframes: [{amplitude: 1}]", "needs either at (seconds) or frame"),
        ("picture: cat, keyframes: [{at: 0, amplitude: 3}]", "amplitude"),
        ("picture: walk.mp4, seconds: 60", "300 frames are more than the 10 there are"),
        ("picture: cat, audio: {file: none.flac}", "audio.file: "),
        ("picture: cat, audio: {file: one.png}", "one.png: no sound track in it"),
        ("picture: one.png, size: 50", "size: 50 pixels cannot be painted"),
    ],
)
def test_mistakes_are_told_in_one_line(folder: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        cast(folder, text)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_files_that_dvc_does_not_watch_are_refused(folder: Path) -> None:
    assert cast(folder, "picture: more/a.png", fence=folder / "more")
    with pytest.raises(InputError, match=r"one\.png lies outside .*more, which DVC watches"):
        cast(folder, "picture: one.png", fence=folder / "more")


@pytest.mark.parametrize("text", ["shots: [", "- 1", "shots: []", "other: 1"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "shots.yaml").write_text(text)
    with pytest.raises(InputError, match=r"shots\.yaml: ") as told:
        shots.read(tmp_path / "shots.yaml")
    assert "\n" not in str(told.value)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: not readable as a table of shots"):
        shots.read(tmp_path / "none.yaml")


def test_the_table_of_the_project_can_be_read(root: Path) -> None:
    known = yaml.safe_load((root / "params.yaml").read_text())["video"]["variants"]
    for shot in shots.read(root / "data/shots.yaml"):
        assert shot.variants is None or set(shot.variants) <= set(known)
