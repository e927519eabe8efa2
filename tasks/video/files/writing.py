"""Writing a video frame by frame, in constant memory.

ffmpeg reads frames from a pipe. Its messages go to a file, since an unread pipe fills up and stops
it for good. The video is written beside its place and renamed when ffmpeg has ended well, so that
a file with the final name is whole. On Linux the kernel ends ffmpeg when the writer dies.
"""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from tasks.core.errors import InputError
from tasks.video.files.encoding import command
from tasks.video.scene import Frame

PARENT_DEATH_SIGNAL = 1
LAST = 500
"""Bytes at the end of ffmpeg's messages among which its last line is looked for."""
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@contextmanager
def writer(
    path: Path, size: tuple[int, int], rate: int, settings: Mapping[str, Any], executable: str
) -> Iterator[Callable[[Frame], None]]:
    """Yield a function that takes the next frame; when the block has ended well, the video is at
    `path`.

    Raises:
        InputError: ffmpeg cannot be started, or ends with an error; the line carries the last line
        that it wrote. ValueError: a frame has another size or type.
    """
    draft = path.with_name(f".{path.name}.part")
    with tempfile.TemporaryFile(dir=path.parent) as messages:
        process = _start(command(draft, size, rate, settings, executable), messages)
        encoder = _Encoder(path, size, process, messages)
        try:
            yield encoder.write
            encoder.finish()
            os.replace(draft, path)
        finally:
            encoder.stop()
            draft.unlink(missing_ok=True)


def run(path: Path, arguments: Callable[[Path], list[str]]) -> None:
    """Run the command that `arguments` gives for a draft; when it has ended well, the file is at
    `path`.

    Raises:
        InputError: as `writer`.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        with tempfile.TemporaryFile(dir=path.parent) as messages:
            _check(path, _start(arguments(draft), messages).wait(), messages)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Encoder:
    """A running ffmpeg, and where its messages go."""

    path: Path
    size: tuple[int, int]
    process: subprocess.Popen[bytes]
    messages: IO[bytes]

    def write(self, frame: Frame) -> None:
        """Hand over one frame."""
        if frame.shape != (*self.size, 3) or frame.dtype != np.uint8:
            raise ValueError(
                f"frame is {frame.dtype} {frame.shape}; expected uint8 {(*self.size, 3)}"
            )
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(np.ascontiguousarray(frame).data)
        except BrokenPipeError:
            self.finish()
            raise  # ffmpeg left without an error, before the end

    def finish(self) -> None:
        """Close ffmpeg's input and wait for it. A small video fits the pipe, so that only the
        status tells a failure.
        """
        self._close()
        _check(self.path, self.process.wait(), self.messages)

    def stop(self) -> None:
        """End ffmpeg if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
        self._close()
        self.process.wait()

    def _close(self) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()


def _check(path: Path, status: int, messages: IO[bytes]) -> None:
    """Refuse a status that is not 0, with the last line of the messages."""
    if status:
        messages.seek(max(0, messages.seek(0, os.SEEK_END) - LAST))
        lines = messages.read().decode(errors="replace").splitlines()
        written = [" ".join(line.split()) for line in lines if line.strip()]
        last = written[-1] if written else "no message"
        raise InputError(f"{path}: ffmpeg ended with status {status}: {last}")


def _start(arguments: list[str], messages: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=messages,
            preexec_fn=_die_with_parent if _libc else None,  # noqa: PLW1509 - one system call that takes no lock
        )
    except OSError as error:
        raise InputError(
            f"video.ffmpeg: {arguments[0]} does not start ({error.strerror})"
        ) from None


def _die_with_parent() -> None:
    if _libc:
        _libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
