"""Runs that a server takes for running although nothing runs any more: what a power cut leaves.

Prefect lets one run of a deployment in at a time and keeps its place until it ends. A run whose
worker died together with it never says that it has ended: every later run would wait for ever.
The process of a run has its number in the environment, so that the machine which works knows which
runs live; of runs that other pools take elsewhere it knows nothing.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

MARK = "PREFECT__FLOW_RUN_ID"
SUBMISSION = timedelta(minutes=1)
"""How long a pending run may be without a process."""


def lay(
    client: "SyncPrefectClient", names: Collection[str], pools: Collection[str | None]
) -> list[str]:
    """Let each run of the deployments of these names and of the work pools of this machine (None
    is that of runs without a pool) that no process here works on end as Crashed, which frees its
    place, and return the runs' names.
    """
    from prefect.client.schemas import filters
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    begun = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
    runs = client.read_flow_runs(
        deployment_filter=filters.DeploymentFilter(
            name=filters.DeploymentFilterName(any_=list(names))
        ),
        flow_run_filter=filters.FlowRunFilter(
            state=filters.FlowRunFilterState(type=filters.FlowRunFilterStateType(any_=begun))
        ),
    )
    living = alive()
    ours = [run for run in runs if run.work_pool_name in pools]
    ghosts = [run for run in ours if str(run.id) not in living and not _submitted_now(run)]
    for run in ghosts:
        message = "Its process ended without a word; what it had finished is kept."
        client.set_flow_run_state(run.id, Crashed(message=message))
    return [run.name for run in ghosts]


def alive() -> set[str]:
    """Return the numbers of the runs that processes of this machine work on."""
    found = set()
    for process in psutil.process_iter():
        try:
            found.add(process.environ().get(MARK, ""))
        except (psutil.Error, OSError):
            continue
    return found


def _submitted_now(run: "FlowRun") -> bool:
    state = run.state
    if state is None or not state.is_pending():
        return False
    return datetime.now(UTC) - state.timestamp < SUBMISSION
