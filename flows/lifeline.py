"""Run a module as a command that dies with its parent: `python -m flows.lifeline dvc repro
--single-item som`.

SIGTERM is left to what the module starts: DVC, say, sees its stage end, lets go of its locks and
ends by itself. Whoever sends the signal follows it, after a moment, by one that cannot be ignored.
"""

import runpy
import signal
import sys

from tasks.core import lifeline


def main() -> None:
    """Tie this process, then become the module that the arguments name."""
    lifeline.tie()
    lifeline.hold()
    module = sys.argv[1]
    if module == "dvc":
        signal.signal(signal.SIGTERM, lambda *_: None)
    sys.argv = [module, *sys.argv[2:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
