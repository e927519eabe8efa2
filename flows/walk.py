"""The walk: Prefect runs the stages of DVC's graph, each as soon as those that it needs are done.

Prefect decides nothing about done-ness. Each stage is `dvc repro --single-item` in a process of
its own, so that DVC finds out, runs and records; the states that Prefect shows are what DVC
answered: `UpToDate`, `Restored` (from DVC's run cache) or `Ran`. A stage that fails is `Failed`,
those after it are `NotReady`, and the others go on.
"""

import time
from collections.abc import Callable, Mapping
from queue import Empty, Queue
from typing import Annotated, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext, TaskRunContext
from prefect.futures import PrefectFuture
from prefect.states import Cancelled, Completed, Failed
from pydantic import BaseModel, Field

from flows import check, children, graph, report, showcase
from flows.graph import Stage
from flows.listener import Listener
from flows.report import Outcome
from tasks.core import locks, served
from tasks.core.errors import InputError

MOST_WORKERS = 16
POLL = 2.0  # seconds between two looks at whether the run has been cancelled


class Options(BaseModel):
    """How to run the pipeline; what it computes stands in params.yaml."""

    force: Annotated[
        bool,
        Field(
            title="Force", description="run every stage, whether its inputs have changed or not"
        ),
    ] = False
    workers: Annotated[
        int,
        Field(
            title="Workers",
            description="stages that may run at the same time",
            ge=1,
            le=MOST_WORKERS,
        ),
    ] = 1


@flow(name="pipeline")
def pipeline(options: Options = Options()) -> State:  # noqa: B008
    """Bring every stage of dvc.yaml up to date, and say what became of each."""
    return bring_up_to_date(options)


def bring_up_to_date(options: Options, prepare: Callable[[], object] = lambda: None) -> State:
    """Return the state in which the run of a flow ends that walks the graph; `prepare` comes
    first, while no other run is under way.
    """
    served.brief()
    try:
        with locks.only_writer("pipeline"):
            prepare()
            check.inputs()
            stages = graph.read()
            outcomes = walk(stages, options)
    except InputError as error:
        return Failed(message=str(error))
    except BaseException:
        children.stop()
        raise
    showcase.publish(stages, outcomes)
    if len(outcomes) < len(stages):
        return Cancelled(message="cancelled; what was running is stopped")
    print(*report.lines(stages, outcomes), sep="\n", flush=True)
    failed = report.failure(outcomes)
    return Failed(message=failed) if failed else Completed(message="every stage is up to date")


def walk(stages: Mapping[str, Stage], options: Options) -> dict[str, Outcome]:
    """Return the outcome of each stage; where the run is cancelled, of those that had ended
    before.
    """
    finished: Queue[str] = Queue()
    futures: dict[str, PrefectFuture[Any]] = {}
    started: dict[str, float] = {}
    outcomes: dict[str, Outcome] = {}
    advance = showcase.counter(len(stages))
    while len(outcomes) < len(stages):
        free = options.workers - (len(futures) - len(outcomes))
        for stage in ready(stages, futures, outcomes)[:free]:
            changed = any(outcomes[name].state != report.UP_TO_DATE for name in stage.needs)
            started[stage.name] = time.monotonic()
            futures[stage.name] = future = reproduce.submit(
                stage.name,
                options.force or stage.stale or changed,
                options.force,
                return_state=False,
                wait_for=[futures[name] for name in stage.needs],
            )
            future.add_done_callback(_teller(finished, stage.name))
        name = _next(finished)
        if name is None:
            children.stop()
            break
        outcomes[name] = _outcome(futures[name], time.monotonic() - started[name])
        advance()
    return outcomes


def ready(
    stages: Mapping[str, Stage], begun: Mapping[str, Any], outcomes: Mapping[str, Outcome]
) -> list[Stage]:
    """Return the stages that have not begun and for which everything they need has ended, in the
    order of the graph.
    """
    return [
        stage
        for stage in stages.values()
        if stage.name not in begun and all(name in outcomes for name in stage.needs)
    ]


def _teller(finished: Queue[str], name: str) -> Callable[[Any], None]:
    return lambda _: finished.put(name)


def _next(finished: Queue[str]) -> str | None:
    """Return the name of the stage that ends next, or None once somebody has cancelled the run."""
    while True:
        try:
            return finished.get(timeout=POLL)
        except Empty:
            if _cancelled():
                return None


def _cancelled() -> bool:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        return False
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(context.flow_run.id).state
    return state is not None and (state.is_cancelling() or state.is_cancelled())


def _outcome(future: PrefectFuture[Any], seconds: float) -> Outcome:
    future.wait()
    state = future.state
    name = (
        report.FAILED if state.is_failed() or state.is_crashed() else state.name or report.FAILED
    )
    return Outcome(name, seconds, (state.message or "") if name == report.FAILED else "")


@task(name="stage", task_run_name="{stage}", cache_policy=NO_CACHE, persist_result=False)
def reproduce(stage: str, stale: bool, force: bool) -> State:
    """Let DVC bring one stage up to date; without a process where neither it nor one before it has
    changed.
    """
    if not stale:
        return Completed(name=report.UP_TO_DATE)
    context = TaskRunContext.get()
    assert context is not None
    env = children.environment(**{served.PARENT: str(context.task_run.id)})
    options = ("--force",) if force else ()
    heard = Listener(stage)
    status = children.run(
        children.command("dvc", "--wait-for-lock", "repro", "--single-item", *options, stage),
        env,
        heard,
    )
    if status:
        return Failed(message=heard.last or f"{stage}: ended by exit status {status}")
    return Completed(name=heard.state)


def run(options: Options) -> State:
    """Run the pipeline and return its final state, after everything about it has reached the
    server.
    """
    served.brief()
    state: State = pipeline(options, return_state=True)  # pyright: ignore[reportAssignmentType]
    showcase.settle()
    return state
