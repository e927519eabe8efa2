"""No orphans: a process on a lifeline ends with the process that holds it, even where that one is
killed outright.

A direct child is *tied*: the kernel kills it (`PR_SET_PDEATHSIG` of prctl(2)) when the thread that
started it ends, which therefore has to wait for it. A stage is no direct child, since DVC runs it
in a shell: it *watches* DVC instead. Under the pipeline, all that DVC starts is one process group,
and the watcher ends the whole of it, programs that the stage has started included. Linux only;
elsewhere, processes end with their holder where that can still act.
"""

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

HOLDER = "IMPRESSION_FIELDS_HOLDER"
PERIOD = 0.25  # seconds between two looks at the holder
PR_SET_PDEATHSIG = 1
SHELLS = {"sh", "ash", "bash", "busybox", "dash", "fish", "ksh", "zsh"}


def tie() -> None:
    """Tie this process to its parent, the holder; end it at once if that is gone already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    holder = os.environ.get(HOLDER)
    if holder is not None and not alive(int(holder)):
        sys.exit("the process that started this one has ended; so does this one")


def hold() -> None:
    """Make this process the holder of those that it starts."""
    os.environ[HOLDER] = str(os.getpid())


def watch() -> None:
    """End this process when its holder ends: the one that the environment names, or else DVC."""
    if sys.platform != "linux":
        return
    named = os.environ.get(HOLDER)
    holder = int(named) if named else _above_the_shell()
    threading.Thread(target=_watch, args=(holder, named is not None), daemon=True).start()


def follow(process: int) -> None:
    """End this process when another one of this machine ends."""
    if sys.platform == "linux":
        threading.Thread(target=_watch, args=(process, False), daemon=True).start()


def _watch(holder: int, whole_group: bool) -> None:
    while alive(holder):
        time.sleep(PERIOD)
    if whole_group:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def _above_the_shell() -> int:
    """Return the process that started this one, the shell between them left out."""
    parent = os.getppid()
    name = Path(f"/proc/{parent}/comm").read_text().strip()
    return int(_status(parent)[1]) if name in SHELLS else parent


def alive(process: int) -> bool:
    """Return whether the process exists and has not ended (one that waits to be reaped has)."""
    try:
        return _status(process)[0] not in {"Z", "X"}
    except OSError:
        return False


def _status(process: int) -> list[str]:
    """Return the fields of proc_pid_stat(5) after the name: the state, the parent's number, ..."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
