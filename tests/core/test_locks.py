"""Locks between processes."""

import subprocess
import sys

import pytest

from tasks.core import locks
from tasks.core.errors import InputError


def test_a_second_writer_is_refused_and_the_first_lets_go(project):
    with locks.only_writer("som"):
        with pytest.raises(InputError, match="another process runs som"), locks.only_writer("som"):
            pass
        with locks.only_writer("features"):
            pass
    with locks.only_writer("som"):
        pass


def test_a_turn_begins_when_the_other_process_ends(project):
    program = (
        "import fcntl, sys, time; handle = open('.cache/locks/gpu', 'w');"
        "fcntl.flock(handle, fcntl.LOCK_EX); print('held', flush=True); time.sleep(0.3)"
    )
    (project / ".cache/locks").mkdir(parents=True)
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with locks.turn("gpu"):
        assert other.wait(5) == 0
