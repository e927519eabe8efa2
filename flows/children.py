"""Child processes of the pipeline, each with all that it starts in a session of its own; none
survives the pipeline.

Orderly ends go through `stop`; where the pipeline itself is killed, the lifeline of each child
acts.
"""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tasks.core import lifeline
from tasks.core.progress import Pace

GRACE = 3.0  # seconds between the request to end and the end

_live: set[subprocess.Popen[bytes]] = set()
_guard = threading.Lock()
_stopping = threading.Event()


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `module` on the lifeline."""
    return [sys.executable, "-m", "flows.lifeline", module, *arguments]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a child: this Python first on the path, a plain shell, output that
    is not held back.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    fixed = {
        "PATH": path,
        "SHELL": "/bin/sh",
        "PYTHONUNBUFFERED": "1",
        lifeline.HOLDER: str(os.getpid()),
    }
    return {**os.environ, **fixed, **more}


def run(arguments: list[str], env: Mapping[str, str], tell: Callable[[str], None]) -> int:
    """Run a child to its end, tell each line of its output, and return its exit status (negative:
    the signal that ended it).
    """
    with _guard:
        if _stopping.is_set():
            return -signal.SIGTERM
        process = subprocess.Popen(
            arguments,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _live.add(process)
    try:
        _read(process, tell)
        return process.wait()
    finally:
        with _guard:
            _live.discard(process)


def _read(process: subprocess.Popen[bytes], tell: Callable[[str], None]) -> None:
    """Tell the lines; of those that overwrite one another, as progress bars do, one in ten
    seconds.
    """
    assert process.stdout is not None
    pace = Pace(seconds=10.0)
    with io.TextIOWrapper(
        process.stdout, encoding="utf-8", errors="replace", newline=""
    ) as output:
        for line in output:
            text = line.rstrip()
            if text and (not line.endswith("\r") or pace.due()):
                tell(text)


def stop() -> None:
    """End every child and all that it started, within `GRACE` seconds, and let no other start."""
    with _guard:
        _stopping.set()
        groups = [process.pid for process in _live]
    deadline = time.monotonic() + GRACE
    groups = _signal(groups, signal.SIGTERM)
    while groups and time.monotonic() < deadline:
        time.sleep(0.05)
        groups = _signal(groups, 0)
    _signal(groups, signal.SIGKILL)


def _signal(groups: list[int], number: int) -> list[int]:
    """Send a signal to each process group, and return those that exist."""
    found: list[int] = []
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, number)
            found.append(group)
    return found
