"""Under a server of Prefect's: a stage's flow is one of Prefect's flows, its shards are tasks, and
its pages show how far it is.

Whoever imports this module imports Prefect, which takes longer than many a stage: the engine does
so where a server has answered.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import prefect
from prefect import Task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import CachePolicy
from prefect.client.orchestration import get_client
from prefect.exceptions import TerminationSignal
from prefect.flow_engine import run_flow
from prefect.task_runners import ThreadPoolTaskRunner

from tasks.core.errors import InputError
from tasks.core.part import Part
from tasks.core.progress import Pace

PARENT = "IMPRESSION_FIELDS_TASK_RUN"
"""The environment names the task run of a pipeline in another process by this variable."""


class ContentKey(CachePolicy):
    """Prefect's cache key is the item's own key, so that the two can never disagree."""

    def compute_key(
        self, task_ctx: Any, inputs: dict[str, Any], flow_parameters: Any, **_: Any
    ) -> str:
        """Return the name of the task and the key of its part."""
        return f"{task_ctx.task.name}-{next(iter(inputs.values())).key}"


def run(flow: Callable[[], None]) -> None:
    """Run `flow` by Prefect's engine, as a subflow of the pipeline that the environment names.

    Raises:
        KeyboardInterrupt: the run was told to end.
    """
    brief()
    name, parent = flow.__name__, os.environ.get(PARENT)
    shown = prefect.flow(name=name)(flow)
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(
            shown,
            name=name if parent else None,
            parent_task_run_id=UUID(parent) if parent else None,
        )
    try:
        run_flow(shown, flow_run=flow_run)
    except TerminationSignal:
        raise KeyboardInterrupt from None


def task(work: Callable[[Any], Any], name: str, tags: set[str] | None) -> Task[..., Any]:
    """Return `work`, which asks the item store first, as the task `name` of Prefect, cached by its
    part's key.
    """
    return prefect.task(
        name=name,
        tags=tags,
        cache_policy=ContentKey(),
        persist_result=True,
        result_serializer="json",
    )(work)


def results(
    shown: Task[..., Any], parts: Sequence[Part], missing: frozenset[str], label: str, slots: int
) -> Iterator[Any]:
    """Yield what the task gives for each part, in order; `slots` of them run at a time."""
    with ThreadPoolTaskRunner(max_workers=slots) as runner:
        futures = []
        for number, part in enumerate(parts, start=1):
            name = f"{label} {number} of {len(parts)}"
            one = shown.with_options(task_run_name=name, refresh_cache=part.key in missing)
            futures.append(runner.submit(one, {"part": part}))
        for future in futures:
            yield future.result()


def progress(label: str, total: int, also: str) -> Callable[[], None]:
    """Return a function to call once per finished unit of `total`: the run's page then shows it,
    beside what else is known.
    """
    artifact = create_progress_artifact(progress=0.0, description=f"{label}: {also}")
    published = Pace(seconds=1.0)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if published.due() or done == total:
            update_progress_artifact(artifact, progress=100.0 * done / max(total, 1))  # pyright: ignore[reportArgumentType]

    return step


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
