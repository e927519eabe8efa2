"""A worker of a Dask cluster: it computes as the stage itself would, in the project's folder, with
the same number of threads, with the same code (which is checked), into the same item store.
"""

import logging
import platform
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tasks.core import backend, code, freight, items, lifeline, locks, progress, project, uses
from tasks.core.errors import InputError
from tasks.core.freight import Load
from tasks.core.part import Part, Setting

log = logging.getLogger("impression_fields")


def welcome(setting: Setting, here: tuple[str, int] | None, loads: list[Load]) -> Any:
    """Return what every worker goes through before it computes, late ones and restarted ones, too:
    `here` is the folder to stand in and the process to end with, `loads` is what the stage reads.
    """
    from distributed import WorkerPlugin

    class Welcome(WorkerPlugin):
        name = f"impression-fields-{setting.stage}"

        def setup(self, worker: Any) -> None:
            enter(setting, here, loads)

    return Welcome()


def enter(setting: Setting, here: tuple[str, int] | None, loads: list[Load]) -> None:
    """Make this process a worker of the project."""
    progress.speak(log)
    project.enter(Path(here[0]) if here else None)
    if here:
        lifeline.follow(here[1])
    backend.configure(setting.threads)
    items.configure(setting.items)
    freight.receive(loads)


def work(
    function: Callable[..., Any], part: Part, version: str | None, gpu: bool
) -> tuple[Any, list[str], list[str]]:
    """Return `function(part)`, and the items that it needed and that it used within those.

    Raises:
        InputError: this worker's code is not that of the stage.
    """
    if version_of(function) != version:
        raise InputError(
            f"runner: a worker on {platform.node()} has other code than this project; "
            "update its checkout and start it again"
        )
    with locks.turn("gpu") if gpu else nullcontext(), uses.apart() as book:
        record = function(part)
    return record, sorted(book.needed), sorted(book.within)


def version_of(function: Callable[..., Any]) -> str | None:
    """Return the version of the code behind `function`; None where it is none of `tasks`."""
    module = function.__module__
    return code.version(module) if module.startswith("tasks.") else None
