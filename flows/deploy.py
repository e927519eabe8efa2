"""Register the deployments with the server, to be started from its pages or by the clock: `python
-m flows.deploy`, as often as you like.

It makes the work pool `local` (processes on this machine), a limit of one task at a time on the
GPU, and all of `flows/deployments.py`: of each one run at a time, others wait in line.
Runs that a crash has left `Running` are ended, so that nobody waits for them (`flows/ghosts.py`).
"""

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import ghosts, server
from flows.deployments import DEPLOYMENTS, Deployment
from tasks.core import project, registry
from tasks.core.errors import InputError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.deployments.runner import RunnerDeployment

POOL = "local"
GPU = "gpu"


def main() -> None:
    """Register everything and say what to do next, or with `--serve` stay and run what is asked
    for.
    """
    parser = argparse.ArgumentParser(
        prog="python -m flows.deploy", description="Register the deployments with the server."
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="wait here and run what is asked for, without a worker",
    )
    asked = parser.parse_args()
    try:
        root = project.enter()
        url = server.address()
        if url is None:
            raise InputError(
                "no server answers; start one in another terminal: python -m flows.server"
            )
        os.environ["PREFECT_API_URL"] = url
    except InputError as error:
        sys.exit(f"deploy: {error}")
    serve() if asked.serve else register(root)


def serve() -> None:
    """Make or renew everything, then run what is asked for until the user stops it."""
    from prefect import serve
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        tidy(client)
        served = [declared(one, client) for one in DEPLOYMENTS]
    serve(*served)


def register(root: Path) -> None:
    """Make or renew everything, for runs that stand in `root`, wherever the worker stands."""
    from prefect.client.orchestration import get_client
    from prefect.runner.storage import LocalStorage

    with get_client(sync_client=True) as client:
        tidy(client)
        make_pool(client)
        for one in DEPLOYMENTS:
            deployment = declared(
                one, client, work_pool_name=POOL, job_variables={"env": environment()}
            )
            deployment.storage = LocalStorage(str(root))
            deployment.apply()
            print(f"Deployed {deployment.flow_name}/{one.name}")
    print(
        "Start a worker in another terminal, and leave it running:\n"
        f"  export PREFECT_API_URL={os.environ['PREFECT_API_URL']}\n"
        f"  prefect worker start --pool {POOL}\n"
        "Then see the page Deployments, where the schedule is switched on, too."
    )


def declared(
    deployment: Deployment, client: "SyncPrefectClient", **more: Any
) -> "RunnerDeployment":
    """Return the deployment as Prefect's own: one run at a time, by the schedules that are there,
    as they are.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    flow, enqueue = registry.resolve(deployment.flow), ConcurrencyLimitStrategy.ENQUEUE
    return RunnerDeployment.from_flow(
        flow,
        name=deployment.name,
        description=deployment.description,
        schedules=schedules(f"{flow.name}/{deployment.name}", deployment.hours, client),
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=enqueue),
        entrypoint_type=EntrypointType.MODULE_PATH,
        **more,
    )


def schedules(name: str, hours: str | None, client: "SyncPrefectClient") -> list[Any]:
    """Return the schedules of a deployment as the user has left them; at first one that is off."""
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import ObjectNotFound

    with suppress(ObjectNotFound):
        if found := client.read_deployment_by_name(name).schedules:
            return [
                DeploymentScheduleCreate(schedule=one.schedule, active=one.active, slug=one.slug)
                for one in found
            ]
    if hours is None:
        return []
    return [DeploymentScheduleCreate(schedule=CronSchedule(cron=hours), active=False)]


def environment() -> dict[str, str]:
    """Return what a run needs before it stands in the project: the code, Prefect's settings."""
    paths = (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))
    settings = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
    return {
        **settings,
        "DO_NOT_TRACK": os.environ["DO_NOT_TRACK"],
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }


def tidy(client: "SyncPrefectClient") -> None:
    """Set the limit of the GPU, and free the places of runs that a crash has left behind."""
    limit_gpu(client)
    for name in ghosts.lay(client, [one.name for one in DEPLOYMENTS], (None, POOL)):
        print(f"Crashed, as nothing works on it any more: the run {name}")


def limit_gpu(client: "SyncPrefectClient") -> None:
    """Let one task of the tag `gpu` run at a time, unless the user has set a limit already."""
    from prefect.exceptions import ObjectNotFound

    try:
        client.read_concurrency_limit_by_tag(GPU)
    except ObjectNotFound:
        client.create_concurrency_limit(tag=GPU, concurrency_limit=1)


def make_pool(client: "SyncPrefectClient") -> None:
    """Make the pool of processes on this machine, unless it is there."""
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.workers.process import ProcessWorker

    template = ProcessWorker.get_default_base_job_template()
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(
            WorkPoolCreate(name=POOL, type="process", base_job_template=template)
        )


if __name__ == "__main__":
    main()
