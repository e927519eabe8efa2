"""The writer: what comes back, what players need, what goes wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.files.clip import frames
from tasks.video.files.encoding import LOSSLESS, command, h264, program
from tasks.video.files.writing import writer

PLAYER = h264("libx264", 18, "veryfast")


def noise(count: int = 5, size: tuple[int, int] = (48, 64)) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *size, 3), np.uint8)


def save(
    path: Path, pictures: np.ndarray, settings: dict = PLAYER, executable: str | None = None
) -> Path:
    with writer(path, pictures.shape[1:3], 24, settings, executable or program(None)) as write:
        for picture in pictures:
            write(picture)
    return path


def described(path: Path) -> str:
    done = subprocess.run(
        [program(None), "-hide_banner", "-i", path], capture_output=True, text=True, check=False
    )
    return done.stderr


@pytest.mark.parametrize("size", [(48, 64), (33, 47)])
def test_lossless_frames_come_back_bit_by_bit(tmp_path: Path, size: tuple[int, int]) -> None:
    pictures = noise(size=size)
    found = np.stack(list(frames(save(tmp_path / "clip.mkv", pictures, LOSSLESS))))
    assert np.array_equal(found, pictures)


def test_players_find_h264_in_420_with_its_index_first(tmp_path: Path) -> None:
    path = save(tmp_path / "clip.mp4", noise())
    text = described(path)
    assert "h264" in text
    assert "yuv420p(tv, bt709" in text
    assert "24 fps" in text
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert len(list(frames(path))) == 5


def test_colours_survive_the_player_format(tmp_path: Path) -> None:
    colours = np.array([[200, 30, 40], [20, 180, 60], [40, 60, 220], [128, 128, 128]], np.uint8)
    pictures = np.broadcast_to(colours[:, None, None], (4, 32, 32, 3)).copy()
    found = np.stack(
        list(frames(save(tmp_path / "clip.mp4", pictures, h264("libx264", 1, "medium"))))
    )
    assert np.abs(found.astype(int) - pictures).max() <= 3


def test_odd_sizes_are_padded_to_even_ones(tmp_path: Path) -> None:
    found = next(frames(save(tmp_path / "clip.mp4", noise(size=(33, 47)))))
    assert found.shape == (34, 48, 3)


@pytest.mark.parametrize("settings", [PLAYER, LOSSLESS])
def test_the_same_frames_make_the_same_bytes(tmp_path: Path, settings: dict) -> None:
    one, two = (
        save(tmp_path / name, noise(), settings).read_bytes() for name in ("a.bin", "b.bin")
    )
    assert one == two


def test_an_unknown_codec_is_told_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"clip\.mp4: ffmpeg ended with status \d+: .*") as told:
        save(
            tmp_path / "clip.mp4",
            noise(count=50, size=(128, 128)),
            h264("no_such_codec", 18, "medium"),
        )
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_that_fits_the_pipe_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ffmpeg ended with status"):
        save(
            tmp_path / "clip.mp4", noise(count=1, size=(8, 8)), h264("no_such_codec", 18, "medium")
        )


def test_a_frame_of_another_size_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"frame is uint8 \(8, 8, 3\)"),
        writer(tmp_path / "clip.mkv", (16, 16), 24, LOSSLESS, program(None)) as write,
    ):
        write(np.zeros((8, 8, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_no_ffmpeg_of_the_system_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("IMAGEIO_FFMPEG_EXE", raising=False)
    assert program(None) == imageio_ffmpeg.get_ffmpeg_exe()
    assert len(list(frames(save(tmp_path / "clip.mp4", noise())))) == 5


def test_an_ffmpeg_that_is_no_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"video\.ffmpeg: .*nowhere"):
        program(str(tmp_path / "nowhere"))


def script(path: Path, body: str) -> str:
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_many_messages_do_not_stop_the_writer(tmp_path: Path) -> None:
    loud = script(
        tmp_path / "loud",
        "sys.stderr.write('chatter ' * 65536)\nsys.stderr.flush()\nsys.stdin.buffer.read()\n"
        "sys.stderr.write('\\nat last\\n')\nsys.exit(3)",
    )
    with pytest.raises(InputError, match="ffmpeg ended with status 3: at last"):
        save(tmp_path / "clip.mp4", noise(20, (64, 64)), executable=loud)


def test_an_interrupted_writer_leaves_no_file_and_no_process(tmp_path: Path) -> None:
    with (  # noqa: PT012
        pytest.raises(KeyboardInterrupt),
        writer(tmp_path / "clip.mkv", (48, 64), 24, LOSSLESS, program(None)) as write,
    ):
        write(noise(1)[0])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_ffmpeg_dies_with_its_writer(tmp_path: Path, root: Path) -> None:
    note = tmp_path / "pid"
    sleeper = script(
        tmp_path / "sleeper",
        f"import os, time\nopen('{note}.new', 'w').write(str(os.getpid()))\n"
        f"os.rename('{note}.new', '{note}')\ntime.sleep(60)",
    )
    code = (
        "import time\nfrom pathlib import Path\n"
        "from tasks.video.files.encoding import LOSSLESS\n"
        "from tasks.video.files.writing import writer\n"
        f"with writer(Path('{note}.mkv'), (8, 8), 24, LOSSLESS, {sleeper!r}): time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    wait(note.exists)
    child = int(note.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait(lambda: not running(child))


def running(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_frames_of_a_missing_or_broken_file_are_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not there"):
        next(frames(tmp_path / "none.mkv"))
    (tmp_path / "bad.mkv").write_bytes(b"no video at all")
    with pytest.raises(InputError, match="not readable as a video") as told:
        next(frames(tmp_path / "bad.mkv"))
    assert "\n" not in str(told.value)


def test_a_path_that_looks_like_an_option_stays_a_path() -> None:
    assert "file:-y.mp4" in command(Path("-y.mp4"), (8, 8), 24, PLAYER, "ffmpeg")
