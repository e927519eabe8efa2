"""Sound: how loud each frame is, what that drives, and the track in the finished file."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.files import joining
from tasks.video.files.clip import frames
from tasks.video.files.encoding import program
from tasks.video.takes.preparation import schedule
from tasks.video.takes.sound import Sound, envelope
from tests.video.files.test_joining import pieces

RATE = 20


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a second of a tone that swells from silence, and falls silent half way."""
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    time = np.arange(48_000) / 48_000
    tone = np.where(time < 0.5, 2 * time, 0) * np.sin(2 * np.pi * 440 * time)
    samples = np.rint(30_000 * tone).astype("<i2").tobytes()
    words = ["-y", "-loglevel", "error", "-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:"]
    subprocess.run([program(None), *words, path], input=samples, check=True)
    return path


def test_the_envelope_is_the_loudness_of_each_frame(track: Path) -> None:
    found = envelope(track, 2 * RATE, RATE, 0.0, program(None))
    assert found.shape == (2 * RATE,)
    wanted = (np.arange(10) + 0.5) / 9.5
    np.testing.assert_allclose(found[:10], wanted, atol=0.03)
    assert found[11:].max() < 0.01


def test_smoothing_spreads_it(track: Path) -> None:
    found = envelope(track, RATE, RATE, 0.1, program(None))
    assert found.max() == 1
    assert 0.05 < found[11] < 0.6


def test_it_drives_amplitude_and_speed(track: Path) -> None:
    drives = Sound(track, "", 0.8, 0.5, 0.0).drives(RATE, RATE, program(None))
    assert drives["amplitude"].max() == pytest.approx(1)
    assert drives["amplitude"].min() == pytest.approx(0.2, abs=0.01)
    assert drives["speed"].max() == pytest.approx(1.5)
    found = schedule(RATE, RATE, 1, [], ease=False, drives=drives)
    assert found is not None
    assert np.array_equal(found.amplitude, drives["amplitude"])
    assert np.diff(found.time)[8] > 2 * np.diff(found.time)[15]
    assert Sound(track, "", 0.0, 0.0, 0.0).drives(RATE, RATE, program(None)) == {}


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_the_track_is_in_the_file_and_the_frames_are_as_before(
    track: Path, tmp_path: Path, suffix: str
) -> None:
    parts = pieces(tmp_path, suffix)
    quiet, loud, again = (tmp_path / f"{name}{suffix}" for name in ("quiet", "loud", "again"))
    joining.join(quiet, parts, 30, program(None))
    for path in (loud, again):
        joining.join(path, parts, 30, program(None), sound=track)
    assert loud.read_bytes() == again.read_bytes()
    assert envelope(loud, 15, 30, 0.0, program(None)).argmax() == pytest.approx(14, abs=1)
    pairs = zip(frames(quiet), frames(loud), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_a_file_without_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.wav").write_bytes(b"silence")
    with pytest.raises(InputError, match=r"no\.wav: no sound track in it"):
        envelope(tmp_path / "no.wav", 5, 30, 0.0, program(None))
