"""The engine: runs a stage's flow under Prefect where a server answers, and without Prefect's
engine where none does.

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
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID

from prefect import Flow, Task, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import CachePolicy
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import TerminationSignal
from prefect.flow_engine import run_flow
from prefect.task_runners import ThreadPoolTaskRunner

from tasks.core import backend, health, items, locks, params, progress, project, store, uses
from tasks.core.errors import InputError, out_of_space
from tasks.core.part import Computing, Part, Setting
from tasks.core.registry import build
from tasks.core.runner import RUNNERS
from tasks.core.threads import Threads

PARENT = "IMPRESSION_FIELDS_TASK_RUN"
GPU = "gpu"
HERE = Threads()
_chosen: Computing = HERE
log = logging.getLogger("impression_fields")


class ContentKey(CachePolicy):
    """Prefect's cache key is the item's own key, so that the two can never disagree."""

    def compute_key(
        self, task_ctx: Any, inputs: dict[str, Any], flow_parameters: Any, **_: Any
    ) -> str:
        """Return the name of the task and the key of its part."""
        return f"{task_ctx.task.name}-{next(iter(inputs.values())).key}"


def shard(function: Callable[..., Any]) -> Task[..., Any]:
    """Make `function(part)` a task of Prefect, cached by the part's key. Its body asks the item
    store first.
    """
    return task(cache_policy=ContentKey(), persist_result=True, result_serializer="json")(function)


def map_shards(
    function: Task[..., Any],
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
            return function.fn(part)
        return computing.compute(function.fn, part, gpu=gpu)

    slots = computing.slots(workers)
    if FlowRunContext.get() is None:
        results = _without_prefect(work, parts, slots)
    else:
        shown = _shown(work, function.name, gpu and here)
        results = _with_prefect(shown, parts, missing, label, slots)
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


def _without_prefect(
    work: Callable[[Any], Any], parts: Sequence[Part], slots: int
) -> Iterator[Any]:
    contexts = [copy_context() for _ in parts]
    with ThreadPoolExecutor(slots) as pool:
        yield from pool.map(lambda context, part: context.run(work, part), contexts, parts)


def _shown(work: Callable[[Any], Any], name: str, gpu: bool) -> Task[..., Any]:
    """Return `work` as the task `name` of Prefect; `gpu` says that it takes its turn there."""
    return shard(work).with_options(name=name, tags={GPU} if gpu else None)


def _with_prefect(
    shown: Task[..., Any], parts: Sequence[Part], missing: frozenset[str], label: str, slots: int
) -> Iterator[Any]:
    with ThreadPoolTaskRunner(max_workers=slots) as runner:
        futures = []
        for number, part in enumerate(parts, start=1):
            name = f"{label} {number} of {len(parts)}"
            one = shown.with_options(task_run_name=name, refresh_cache=part.key in missing)
            futures.append(runner.submit(one, {"part": part}))
        for future in futures:
            yield future.result()


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
        if FlowRunContext.get() is None:
            yield advance
            return
        artifact = create_progress_artifact(
            progress=0.0, description=f"{label}: {also or f'{total} {unit}s'}"
        )
        published = progress.Pace(seconds=1.0)
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            advance()
            if published.due() or done == total:
                update_progress_artifact(artifact, progress=100.0 * done / max(total, 1))  # pyright: ignore[reportArgumentType]

        yield step


def main(flow: Flow[[], None]) -> None:
    """Run the flow of one stage as a command. The exit status is 0, or 1 after one line about the
    user's mistake.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m flows.{flow.name}", description=flow.description
    )
    parser.add_argument(
        "--root", type=Path, help="the project's folder, where it is not the current one"
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{flow.name}: stopped"))
    progress.speak(log)
    try:
        project.enter(parser.parse_args().root)
        backend.configure(params.load("runtime").threads)
        with locks.only_writer(flow.name), computing(flow.name), uses.recorded(flow.name):
            store.clear_drafts(flow.name)
            items.clear_drafts()
            run(flow)
    except InputError as error:
        sys.exit(f"{flow.name}: {error}")
    except (KeyboardInterrupt, TerminationSignal):
        sys.exit(f"{flow.name}: stopped")
    except Exception as error:
        if not out_of_space(error):
            raise
        sys.exit(f"{flow.name}: {Path.cwd()}: the disk is full; make room, then run it again")


def run(flow: Flow[[], None]) -> None:
    """Run `flow` by Prefect's engine where a server answers, otherwise as the plain function that
    it wraps.

    Where the environment names the task run of a pipeline in another process, the run becomes a
    subflow of that.
    """
    url = os.environ.get("PREFECT_API_URL")
    if not url or not health.answers(url):
        if url:
            del os.environ["PREFECT_API_URL"]
            log.warning(
                "%s: no server of Prefect answers at %s; running without it", flow.name, url
            )
        _stop_at_once(flow.name)
        flow.fn()
        return
    brief()
    parent = os.environ.get(PARENT)
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(
            flow,
            name=flow.name if parent else None,
            parent_task_run_id=UUID(parent) if parent else None,
        )
    run_flow(flow, flow_run=flow_run)


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


def brief() -> None:
    """Keep Prefect's records for its own interface: the terminal shows the stage's lines, and a
    traceback once.
    """
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addFilter(_without_needless_traceback)


def _without_needless_traceback(record: logging.LogRecord) -> bool:
    """Let every record pass; one about the user's mistake, or about no exception at all, without a
    traceback.
    """
    error = record.exc_info[1] if record.exc_info else None
    if error is None or isinstance(error, InputError):
        record.exc_info = record.exc_text = None
    return True
