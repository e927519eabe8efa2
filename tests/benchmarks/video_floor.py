"""The floor of a preview: what the code of others does in it, and nothing beside.

    python -m tests.benchmarks.video_floor CLIP.mkv

The libraries are imported, the frames are decoded, encoded without loss and for players, and three
optical flows a frame are measured at a width of 256 pixels: no more is done, and no preview that
is made of these parts can take less.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pydantic  # noqa: F401
import scipy.interpolate
import scipy.ndimage  # noqa: F401
import xarray  # noqa: F401
import zarr  # noqa: F401

from tasks.core import params
from tasks.video.files.encoding import LOSSLESS, command, h264, program

RATE, WIDTH, FLOWS = 24, 256, (1, -1, 4)


def main(clip: str) -> None:
    """Do it for the frames of a clip."""
    cv2.setNumThreads(1)
    reader = imageio_ffmpeg.read_frames(clip, pix_fmt="rgb24")
    width, height = next(reader)["size"]  # pyright: ignore[reportArgumentType, reportCallIssue, reportIndexIssue]
    frames = [np.frombuffer(data, np.uint8).reshape(height, width, 3) for data in reader]  # pyright: ignore[reportArgumentType, reportCallIssue]
    video = params.load("video")
    data = b"".join(frame.tobytes() for frame in frames)
    player = h264(video.codec, video.crf, video.preset)
    executable = program(video.ffmpeg)
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in (("a.mkv", LOSSLESS), ("a.mp4", player)):
            words = command(Path(folder, name), (height, width), RATE, settings, executable)
            subprocess.run(words, input=data, check=True)
    size = (WIDTH, round(height * WIDTH / width))
    grey = [cv2.cvtColor(cv2.resize(frame, size), cv2.COLOR_RGB2GRAY) for frame in frames]
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    for number, one in enumerate(grey):
        for step in FLOWS:
            other = grey[(number + step) % len(grey)]
            search.calc(one, other, np.zeros((*one.shape, 2), np.float32))


if __name__ == "__main__":
    main(sys.argv[1])
