"""A sound track, and how loud it is in each frame.

ffmpeg decodes the track to samples s in [−1, 1], and the envelope of frame k is the root of their
mean square during it, smoothed over time, as a share of the loudest frame:

    e_k = (G * r)_k / max (G * r),    r_k² = mean s²    over [k, k + 1) / rate.

It may drive the motion: a share a of the amplitude, 1 − a + a e_k, and a share b of the speed,
1 − b + 2 b e_k. Where the track ends before the shot, there is silence.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import ffmpeg
import numpy as np
from jaxtyping import Float64
from scipy.ndimage import gaussian_filter1d

from tasks.core.errors import InputError
from tasks.video.files.encoding import compiled

RATE = 16_000
"""Samples a second."""


@dataclass(frozen=True)
class Sound:
    """A file with a sound track, what it drives, and over how long it is smoothed (s)."""

    path: Path
    digest: str
    amplitude: float
    speed: float
    smoothing: float

    def drives(
        self, frames: int, rate: int, executable: str
    ) -> dict[str, Float64[np.ndarray, " frame"]]:
        """Return the factors of what the track drives, in each frame."""
        if not self.amplitude and not self.speed:
            return {}
        e = envelope(self.path, frames, rate, self.smoothing, executable)
        found = {
            "amplitude": (self.amplitude, 1 - self.amplitude + self.amplitude * e),
            "speed": (self.speed, 1 - self.speed + 2 * self.speed * e),
        }
        return {name: factor for name, (share, factor) in found.items() if share}


def envelope(
    path: Path, frames: int, rate: int, smoothing: float, executable: str
) -> Float64[np.ndarray, " frame"]:
    """Return how loud each frame is, in [0, 1].

    Raises:
        InputError: ffmpeg finds no sound in the file.
    """
    source = ffmpeg.input(f"file:{path}").audio
    output = ffmpeg.output(source, "pipe:", format="f32le", ac=1, ar=RATE, t=frames / rate)
    process = subprocess.Popen(
        compiled(output, executable), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    ends = np.rint(np.arange(frames + 1) * RATE / rate).astype(int)
    with process.stdout as stream:
        loudness = np.array([_loudness(stream.read(4 * n)) for n in np.diff(ends).tolist()])
    if process.wait():
        raise InputError(f"{path}: no sound track in it that ffmpeg can decode")
    smooth = (
        gaussian_filter1d(loudness, smoothing * rate, mode="nearest") if smoothing else loudness
    )
    return smooth / max(smooth.max(), 1e-12)


def _loudness(data: bytes) -> float:
    samples = np.frombuffer(data[: len(data) // 4 * 4], np.float32)
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
