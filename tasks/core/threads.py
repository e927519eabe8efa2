"""The runner `threads`: parts are computed by threads of the stage's own process. NumPy, OpenCV,
PyTorch and ffmpeg compute outside Python's lock, so that threads are enough on one machine.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tasks.core.part import Part, Setting


@dataclass(frozen=True)
class Threads:
    """Computes a part in the thread that asks for it."""

    remote = False

    @contextmanager
    def __call__(self, setting: Setting) -> Iterator["Threads"]:
        """Yield this runner, which needs nothing."""
        yield self

    def slots(self, workers: int) -> int:
        """Return how many parts are computed at a time."""
        return workers

    def compute(self, function: Callable[..., Any], part: Part, *, gpu: bool) -> Any:
        """Return `function(part)`."""
        return function(part)
