"""Segments become one file: the same frames, at the same times."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.files import joining
from tasks.video.files.clip import frames
from tasks.video.files.encoding import LOSSLESS, check, encoders, h264, program
from tasks.video.files.formats import Gif, Webm
from tasks.video.files.writing import writer
from tests.video.clips import sliding

KINDS = {
    ".mkv": LOSSLESS,
    ".mp4": h264("libx264", 18, "veryfast"),
    ".webm": Webm(crf=40, speed=8)(),
}


def pieces(folder: Path, suffix: str, rate: int = 30) -> list[tuple[Path, int]]:
    found, start = [], 0
    pictures = sliding(23, (34, 50))
    for number, count in enumerate((7, 7, 7, 2)):
        path = folder / f"it's {number}{suffix}"
        with writer(path, (34, 50), rate, KINDS[suffix], program(None)) as write:
            for picture in pictures[start : start + count]:
                write(np.ascontiguousarray(picture))
        start += count
        found.append((path, count))
    return found


@pytest.mark.parametrize("suffix", KINDS)
def test_the_whole_is_its_segments_frame_by_frame(tmp_path: Path, suffix: str) -> None:
    parts = pieces(tmp_path, suffix)
    path = tmp_path / f"whole{suffix}"
    joining.join(path, parts, 30, program(None))
    found = list(frames(path))
    wanted = [frame for part, _ in parts for frame in frames(part)]
    assert len(found) == 23
    assert all(np.array_equal(one, other) for one, other in zip(found, wanted, strict=True))
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[1] == pytest.approx(23 / 30, abs=0.04)
    first = path.read_bytes()
    joining.join(path, parts, 30, program(None))
    assert path.read_bytes() == first


def test_players_find_the_index_first(tmp_path: Path) -> None:
    path = tmp_path / "whole.mp4"
    joining.join(path, pieces(tmp_path, ".mp4"), 30, program(None))
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_gif_is_made_of_the_whole(tmp_path: Path) -> None:
    whole = tmp_path / "whole.mkv"
    joining.join(whole, pieces(tmp_path, ".mkv", rate=10), 10, program(None))
    settings = Gif(colours=64)()
    for name in ("one.gif", "two.gif"):
        joining.gif(tmp_path / name, whole, settings, program(None))
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "two.gif").read_bytes()
    found, wanted = list(frames(tmp_path / "one.gif")), list(frames(whole))
    assert len(found) == len(wanted)
    gap = np.abs(np.stack(found).astype(int) - np.stack(wanted))
    assert gap.mean() < 12


def test_a_piece_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"whole\.mkv: ffmpeg ended with status") as told:
        joining.join(tmp_path / "whole.mkv", [(tmp_path / "no.mkv", 3)], 30, program(None))
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_encoder_is_refused_by_name() -> None:
    assert {"libx264", "libvpx-vp9", "ffv1", "gif"} <= encoders(program(None))
    with pytest.raises(InputError, match="'libx999' is no encoder of"):
        check(program(None), ["libx264", "libx999"])
