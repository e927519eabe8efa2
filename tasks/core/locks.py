"""Locks between processes: files in `.cache/locks/`, held by flock(2), and so let go by the kernel
however a process ends.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tasks.core.errors import InputError

LOCKS = Path(".cache/locks")


@contextmanager
def only_writer(name: str) -> Iterator[None]:
    """Hold the lock of a stage, or of the pipeline; a second holder is refused.

    Raises:
        InputError: another process holds it.
    """
    with _open(name) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another process runs {name} in this project; wait for it or stop it"
            ) from None
        yield


@contextmanager
def turn(name: str) -> Iterator[None]:
    """Wait until nobody else holds the lock, then hold it."""
    with _open(name) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _open(name: str) -> TextIO:
    LOCKS.mkdir(parents=True, exist_ok=True)
    return (LOCKS / name).open("w")
