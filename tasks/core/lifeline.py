"""No orphans: a process that is tied dies with the process that started it, even where that one is killed outright.

The kernel does it (`PR_SET_PDEATHSIG` of prctl(2), Linux only). The signal comes when the *thread* that started the process ends, so a
thread that starts a tied process has to wait for it. Elsewhere, processes end with their parent only where the parent can still act.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

HOLDER = "IMPRESSION_FIELDS_HOLDER"
PR_SET_PDEATHSIG = 1


def tie() -> None:
    """Tie this process to its parent, and end it at once if the holder that the environment names is gone already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    holder = os.environ.get(HOLDER)
    if holder is not None and not alive(int(holder)):
        sys.exit("the process that started this one has ended; so does this one")


def hold() -> None:
    """Name this process as the holder of those that it starts."""
    os.environ[HOLDER] = str(os.getpid())


def alive(process: int) -> bool:
    """Return whether the process exists and has not ended (one that waits to be reaped has)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}
