"""Register the pipeline with the server, to be started from its pages or by the clock: `python -m
flows.deploy`, as often as you like.

It makes the work pool `local` (processes on this machine), a limit of one task at a time on the
GPU, and the deployment `pipeline/main-job`: one run at a time, others wait in line; a nightly
schedule that sleeps until somebody wakes it on the page.
"""

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import server
from tasks.core import project
from tasks.core.errors import InputError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

NAME = "main-job"
POOL = "local"
GPU = "gpu"
NIGHTLY = "0 3 * * *"


def main() -> None:
    """Register everything and say what to do next, or with `--serve` stay and run what is asked
    for.
    """
    parser = argparse.ArgumentParser(
        prog="python -m flows.deploy", description="Register the pipeline with the server."
    )
    parser.add_argument(
        "--serve",
        action="store_true",
        help="wait here and run the pipeline when asked, without a worker",
    )
    serve = parser.parse_args().serve
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
    register(root, serve=serve)


def register(root: Path, *, serve: bool) -> None:
    """Make or renew the limit, the pool and the deployment on the server that `PREFECT_API_URL`
    names.
    """
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        limit_gpu(client)
        options = deployment_options(client)
        if serve:
            from flows import walk

            walk.pipeline.serve(
                name=NAME, global_limit=options.pop("concurrency_limit"), **options
            )
            return
        make_pool(client)
    deploy(root, options)
    print(
        f"Deployed pipeline/{NAME}. Start a worker in another terminal, and leave it running:\n"
        f"  export PREFECT_API_URL={os.environ['PREFECT_API_URL']}\n"
        f"  prefect worker start --pool {POOL}\n"
        f"Then: prefect deployment run pipeline/{NAME}, or the page Deployments,\n"
        "where the schedule is switched on, too."
    )


def deploy(root: Path, options: dict[str, Any]) -> None:
    """Make or renew the deployment; its runs stand in `root`, wherever the worker stands."""
    from prefect.deployments.runner import RunnerDeployment
    from prefect.runner.storage import LocalStorage
    from prefect.types.entrypoint import EntrypointType

    from flows import walk

    deployment = RunnerDeployment.from_flow(
        walk.pipeline,
        name=NAME,
        work_pool_name=POOL,
        job_variables={"env": environment()},
        entrypoint_type=EntrypointType.MODULE_PATH,
        **options,
    )
    deployment.storage = LocalStorage(str(root))
    deployment.apply()


def environment() -> dict[str, str]:
    """Return what a run needs before it stands in the project: the code, Prefect's settings."""
    paths = (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))
    settings = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_")}
    return {
        **settings,
        "DO_NOT_TRACK": os.environ["DO_NOT_TRACK"],
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }


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


def deployment_options(client: "SyncPrefectClient") -> dict[str, Any]:
    """Return how runs are started: one at a time, by the schedules that are there, as they are."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    enqueue = ConcurrencyLimitStrategy.ENQUEUE
    return {
        "description": "Bring every stage up to date.",
        "schedules": schedules(client),
        "concurrency_limit": ConcurrencyLimitConfig(limit=1, collision_strategy=enqueue),
    }


def schedules(client: "SyncPrefectClient") -> list[Any]:
    """Return the deployment's schedules as the user has left them; at first one that is off."""
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import ObjectNotFound

    with suppress(ObjectNotFound):
        if found := client.read_deployment_by_name(f"pipeline/{NAME}").schedules:
            return [
                DeploymentScheduleCreate(schedule=one.schedule, active=one.active, slug=one.slug)
                for one in found
            ]
    return [DeploymentScheduleCreate(schedule=CronSchedule(cron=NIGHTLY), active=False)]


if __name__ == "__main__":
    main()
