"""A part of a stage's work, and what its computing depends on besides: the words that the engine
and its runners share.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol


class Part(Protocol):
    """A part of a stage's work, named by the key of the item that it makes."""

    @property
    def key(self) -> str:
        """The name of the item, 64 hexadecimal digits."""
        ...


@dataclass(frozen=True)
class Setting:
    """What a process needs before it may compute a part as this one would: the stage, the number
    of threads of the libraries, and where items are kept.
    """

    stage: str
    threads: int
    items: str


class Computing(Protocol):
    """A runner at work."""

    @property
    def remote(self) -> bool:
        """Whether parts are computed by other processes."""
        ...

    def slots(self, workers: int) -> int:
        """Return how many parts to hand out at a time, where a stage computes `workers` of them at
        a time by itself.
        """
        ...

    def compute(self, function: Callable[..., Any], part: Part, *, gpu: bool) -> Any:
        """Return `function(part)`; `gpu` says that it computes on the GPU."""
        ...


class Runner(Protocol):
    """What computes parts."""

    def __call__(self, setting: Setting) -> AbstractContextManager[Computing]:
        """Return the runner at work, until the block ends."""
        ...
