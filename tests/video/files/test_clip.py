"""A clip on disk is the film that was made, and says what moved it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.files import clip
from tasks.video.files.encoding import h264, program
from tasks.video.files.overview import Overview
from tasks.video.frames.canonical_keyframes import CanonicalKeyframes
from tests.video.clips import write
from tests.video.toy import CELLS, FRAMES, ToyPainter, scene

NAME = "kuramoto"
FORM = clip.Format(12, h264("libx264", 18, "veryfast"), program(None))


@pytest.fixture(scope="module")
def motion() -> clip.Motion:
    turn = np.arange(FRAMES)[:, None, None] / FRAMES
    row, col = np.mgrid[:6, :6] / 6
    y, x = np.mgrid[:CELLS, :CELLS] / CELLS * 5
    choice = {
        "name": "position_waves",
        "amplitude": 0.02,
        "smoothing": 0.06,
        "coherence": 1.0,
        "least_determinant": 0.5,
    }
    return clip.Motion(
        choice,
        (2 * np.pi * (turn + 0.5 * col + row * 0)).astype(np.float32),
        np.stack([y, x], -1).astype(np.float32),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, motion: clip.Motion) -> Path:
    place = tmp_path_factory.mktemp("clips") / "toy"
    film = CanonicalKeyframes(4, 0.375, 0.3, 1)(scene(motion.displacement()), ToyPainter())
    assert list(write(place, NAME, film, motion, FORM)) == list(range(FRAMES))
    return place


def test_the_frames_come_back_as_they_were_made(folder: Path, motion: clip.Motion) -> None:
    film = CanonicalKeyframes(4, 0.375, 0.3, 1)(scene(motion.displacement()), ToyPainter())
    found = clip.read(folder, NAME)
    assert all(np.array_equal(found[number], film.frame(number)) for number in range(FRAMES))


def test_the_displacement_comes_back_bit_by_bit(folder: Path, motion: clip.Motion) -> None:
    assert np.array_equal(clip.displacement(folder, NAME).grid, motion.displacement().grid)


def test_the_record_says_what_was_made(folder: Path, motion: clip.Motion) -> None:
    record = clip.record(folder, NAME)
    assert {key: record[key] for key in ("frames", "rate", "height", "width")} == {
        "frames": FRAMES,
        "rate": 12,
        "height": 64,
        "width": 64,
    }
    assert record["motion"] == motion.choice
    assert len(set(record["sha256"])) == FRAMES


def test_writing_again_gives_the_same_bytes(
    folder: Path, motion: clip.Motion, tmp_path: Path
) -> None:
    film = CanonicalKeyframes(4, 0.375, 0.3, 1)(scene(motion.displacement()), ToyPainter())
    for _ in write(tmp_path, NAME, film, motion, FORM):
        pass
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in tmp_path.iterdir())
    assert all((folder / name).read_bytes() == (tmp_path / name).read_bytes() for name in names)


def test_frames_that_the_record_does_not_name_are_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    record = json.loads((tmp_path / f"{NAME}.json").read_text())
    record["sha256"][3] = record["sha256"][4]
    (tmp_path / f"{NAME}.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match=r"kuramoto\.mkv: not the frames"):
        clip.read(tmp_path, NAME)


def test_a_clip_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="run: dvc repro video"):
        clip.record(tmp_path, NAME)


@pytest.mark.parametrize("frames", [1, 5, 12, 31])
def test_the_sheet_shows_up_to_twelve_frames_in_order(frames: int) -> None:
    overview = Overview(frames)
    for number in range(frames):
        overview.add(np.full((20, 30, 3), number, np.uint8))
    sheet, line = overview.sheet(), overview.time_slice()
    shown = min(frames, 12)
    rows = -(-shown // 4)
    assert sheet.shape == (20 * rows, 120, 3)
    tiles = [sheet[20 * (k // 4) + 5, 30 * (k % 4) + 5, 0] for k in range(shown)]
    assert tiles == [k * frames // shown for k in range(shown)]
    assert line.shape == (4 * frames, 30, 3)
    assert line[-1, 0, 0] == frames - 1


def test_pictures_of_the_overview_are_written_as_they_are(folder: Path) -> None:
    found = cv2.imread(str(folder / f"{NAME}_slice.png"))
    frame = clip.read(folder, NAME)[0]
    assert found is not None
    assert np.array_equal(found[0, :, ::-1], frame[32])
