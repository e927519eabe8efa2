"""The engine: runs a stage's flow, a plain function, under Prefect where a server answers
(`served.py`), and without Prefect where none does.

Three records, one job each. DVC says whether a stage is done; the item store says whether a shard
is done; Prefect schedules and shows, and decides nothing. So the same functions give the same
bytes with and without a server, in threads of one process and on a cluster (`runner.py`).
"""

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from contextvars import copy_context
from inspect import getdoc
from pathlib import Path
from types import FrameType
from typing import Any

from tasks.core import backend, health, items, locks, params, progress, project, store, uses
from tasks.core.errors import InputError, out_of_space
from tasks.core.part import Computing, Part, Setting
from tasks.core.registry import build
from tasks.core.runner import RUNNERS
from tasks.core.threads import Threads

GPU = "gpu"
HERE = Threads()
_chosen: Computing = HERE
log = logging.getLogger("impression_fields")


def map_shards(
    function: Callable[..., Any],
    parts: Sequence[Part],
    *,
    label: str,
    workers: int = 1,
    gpu: bool = False,
    in_order: bool = False,
) -> list[Any]:
    """Return `function(part)` for each part, in order, as JSON gives it back; `workers` parts are
    computed at a time, or as many as the runner of params.yaml has places for.

    `gpu` says that the parts compute on the GPU: each then waits for its turn there, whoever else
    runs on that machine. `in_order` says that a part needs those before it; such parts, and one
    that is alone, are computed in this process.
    """
    missing = items.missing([part.key for part in parts])
    reused = sum(part.key not in missing for part in parts)
    tally = f"{reused} of {len(parts)} items reused, {len(parts) - reused} to compute"
    log.info("%s: %s", label, tally)
    computing = HERE if in_order or len(missing) < 2 else _chosen
    here = not computing.remote

    def work(part: Any) -> Any:
        if part.key not in missing:
            return function(part)
        return computing.compute(function, part, gpu=gpu)

    slots = computing.slots(workers)
    if _under_prefect():
        from tasks.core import served

        shown = served.task(work, function.__name__, {GPU} if gpu and here else None)
        results = served.results(shown, parts, missing, label, slots)
    else:
        results = _results(work, parts, slots)
    with (
        locks.turn(GPU) if gpu and here else nullcontext(),
        advancing(label, len(parts), unit="shard", also=tally) as advance,
    ):
        records = []
        for record in results:
            records.append(json.loads(json.dumps(record)))
            advance()
        return records


def hands() -> int:
    """Return how many parts other processes compute at a time; 0 where this one computes them."""
    return _chosen.slots(0) if _chosen.remote else 0


def _results(work: Callable[[Any], Any], parts: Sequence[Part], slots: int) -> Iterator[Any]:
    contexts = [copy_context() for _ in parts]
    with ThreadPoolExecutor(slots) as pool:
        yield from pool.map(lambda context, part: context.run(work, part), contexts, parts)


def _under_prefect() -> bool:
    """Return whether this is part of a run of Prefect; it is not where nobody imported it."""
    context = sys.modules.get("prefect.context")
    return context is not None and context.FlowRunContext.get() is not None


@contextmanager
def computing(stage: str) -> Iterator[None]:
    """Keep items, and compute the parts of `stage`, where params.yaml says, in this block."""
    global _chosen  # noqa: PLW0603 - one runner a process
    root = params.load("items").root
    items.configure(root)
    runner = build(RUNNERS, params.load("runner").model_dump(), what="runner")
    setting = Setting(stage, params.load("runtime").threads, root)
    with runner(setting) as _chosen:
        try:
            yield
        finally:
            _chosen = HERE


@contextmanager
def advancing(
    label: str, total: int, *, unit: str, also: str = ""
) -> Iterator[Callable[[], None]]:
    """Yield a function to call once per finished unit: a bar on a terminal, lines elsewhere, an
    artifact under Prefect, whose description tells `also` what else is known.
    """
    with progress.shown(label, total, unit=unit) as advance:
        if not _under_prefect():
            yield advance
            return
        from tasks.core import served

        show = served.progress(label, total, also or f"{total} {unit}s")

        def step() -> None:
            advance()
            show()

        yield step


def main(flow: Callable[[], None]) -> None:
    """Run the flow of one stage, which bears the stage's name, as a command. The exit status is 0,
    or 1 after one line about the user's mistake.
    """
    name = flow.__name__
    parser = argparse.ArgumentParser(prog=f"python -m flows.{name}", description=getdoc(flow))
    parser.add_argument(
        "--root", type=Path, help="the project's folder, where it is not the current one"
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{name}: stopped"))
    progress.speak(log)
    try:
        project.enter(parser.parse_args().root)
        backend.configure(params.load("runtime").threads)
        with locks.only_writer(name), computing(name), uses.recorded(name):
            store.clear_drafts(name)
            items.clear_drafts()
            run(flow)
    except InputError as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: stopped")
    except Exception as error:
        if not out_of_space(error):
            raise
        sys.exit(f"{name}: {Path.cwd()}: the disk is full; make room, then run it again")


def run(flow: Callable[[], None]) -> None:
    """Run `flow` by Prefect's engine where a server answers, otherwise call it."""
    url = os.environ.get("PREFECT_API_URL")
    if url and health.answers(url):
        from tasks.core import served

        served.run(flow)
        return
    name = flow.__name__
    if url:
        del os.environ["PREFECT_API_URL"]
        log.warning("%s: no server of Prefect answers at %s; running without it", name, url)
    _stop_at_once(name)
    flow()


def _stop_at_once(name: str) -> None:
    """End the process at Ctrl-C and SIGTERM, rather than wait for the shards in hand: what they
    have written is a draft, and the next start clears it away.
    """

    def stop(number: int, _: FrameType | None) -> None:
        sys.stderr.write(f"{name}: stopped\n")
        sys.stderr.flush()
        os._exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
