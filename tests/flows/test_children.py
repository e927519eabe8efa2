"""Child processes: their lines, their exit status, the Python that they find."""

import subprocess
import sys

from flows import children


def test_lines_are_told_and_progress_bars_are_not_all():
    program = (
        "import sys; print('begin'); [sys.stderr.write(f'\\r{n}%') for n in range(50)];"
        "print(); print('end'); sys.exit(3)"
    )
    told: list[str] = []
    status = children.run([sys.executable, "-c", program], children.environment(), told.append)
    assert status == 3
    assert told[0] == "begin"
    assert told[-1] == "end"
    assert len(told) <= 4


def test_a_child_finds_this_python_first():
    env = children.environment()
    found = subprocess.run(
        ["/bin/sh", "-c", "command -v python"], env=env, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip().startswith(sys.prefix)
