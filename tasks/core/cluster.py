"""The runner `dask`: parts are computed by the workers of a Dask cluster, one that lives as long
as the stage, on this machine, or one that is there already, at an address.

Dask hands out the parts and hands one out again when its worker dies. It keeps no results: a part
that is done is an item, and its worker (`worker.py`) says no more than where it stands.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from pydantic import Field

from tasks.core import freight, items, uses, worker
from tasks.core.errors import InputError
from tasks.core.part import Part, Setting

if TYPE_CHECKING:
    from distributed import Client

HOST = "127.0.0.1"
PATIENCE = 10  # seconds for a scheduler to answer
ARRIVAL = 60  # seconds for its first worker to come
SCRATCH = Path(".cache/dask")
UNWATCHED = {"distributed.worker.profile.enabled": False}
"""Dask looks at the stack of a part at work every 10 ms and keeps a tree of what it saw for each
of the last thousand seconds, about 1 MiB a clip of video, for pages that nobody opens here.
"""
log = logging.getLogger("impression_fields")


@dataclass(frozen=True)
class Dask:
    """A cluster: the one whose scheduler answers at `address`, or `workers` processes of its own
    on this machine.
    """

    address: Annotated[str, Field(pattern=r"^(tcp|tls|ws|wss)://.+:\d+$")] | None
    workers: Annotated[int, Field(ge=1, le=1024)]

    @contextmanager
    def __call__(self, setting: Setting) -> Iterator["Cluster"]:
        """Yield the cluster; it starts when the first part needs it, and ends with the block.

        Raises:
            InputError: Dask is not installed.
        """
        if find_spec("distributed") is None:
            raise InputError(
                "runner: dask is not installed; install the project with the extra [dask]"
            )
        with ExitStack() as ending:
            yield Cluster(self, setting, ending)


@dataclass
class Cluster:
    """A cluster that starts when it is needed."""

    choice: Dask
    setting: Setting
    ending: ExitStack
    guard: Lock = field(default_factory=Lock)
    connected: "Client | None" = None
    remote = True

    def slots(self, workers: int) -> int:
        """Return how many parts to hand out at a time: two for each thread of the cluster, so that
        none waits for its next one. What the stage itself would compute at a time is no matter.
        """
        return 2 * max(_threads(self.client()), self.choice.workers)

    def compute(self, function: Callable[..., Any], part: Part, *, gpu: bool) -> Any:
        """Return `function(part)`, computed by a worker.

        Raises:
            InputError: workers that took it died, one after the other; or the scheduler is gone.
        """
        from distributed import CancelledError, KilledWorker
        from distributed.comm import CommClosedError

        client, address = self.client(), self.choice.address
        future = client.submit(
            worker.work,
            function,
            part,
            worker.version_of(function),
            gpu,
            key=f"{part.key[:12]}-{uuid4().hex}",
        )
        try:
            record, needed, within = _result(future, client)
        except KilledWorker as error:
            raise InputError(
                f"runner: {error.allowed_failures + 1} workers died of the same part "
                f"({part.key[:12]}); give them more memory, or lower runner.workers"
            ) from None
        except (CancelledError, CommClosedError):
            raise InputError(
                f"runner.address: the scheduler at {address} is gone; start it again"
            ) from None
        if not items.exists(part.key):
            raise InputError(
                f"items.root: what the workers at {address} make does not come here; "
                "set it to a bucket, or to a folder that all of them see"
            )
        for item in needed:
            uses.note(item)
        with uses.within():
            for item in within:
                uses.note(item)
        return record

    def client(self) -> "Client":
        """Return the connection to the cluster."""
        with self.guard:
            if self.connected is None:
                self.connected = self._connect()
            return self.connected

    def _connect(self) -> "Client":
        os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "warning")  # read on import, by workers
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.WARNING)
        address = self.choice.address
        try:
            place: Any = address or self.ending.enter_context(_local(self.choice.workers))
            client = self.ending.enter_context(
                Client(place, timeout=PATIENCE, set_as_default=False)
            )
            client.wait_for_workers(1, timeout=ARRIVAL)
        except OSError as error:
            raise InputError(
                f"runner.address: no scheduler with a worker answers at {address} "
                f"({type(error).__name__}); start them, or set runner to {{name: threads}}"
            ) from None
        plugin = (
            worker.welcome(self.setting, None, freight.send(self.setting.stage))
            if address
            else worker.welcome(self.setting, (str(Path.cwd()), os.getpid()), [])
        )
        client.register_plugin(plugin)
        self.ending.callback(_farewell, client, plugin)
        where = f"at {address}" if address else "on this machine"
        log.info("dask: parts are computed by %d threads of workers %s", _threads(client), where)
        return client


def _threads(client: Any) -> int:
    """Return how many threads the workers have together."""
    return sum(client.nthreads().values())


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Yield a cluster of processes on this machine, which nobody reaches from outside."""
    import dask
    from distributed import LocalCluster

    options: dict[str, Any] = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "processes": True,
        "host": HOST,
        "dashboard_address": f"{HOST}:0",
        "memory_limit": 0,
        "local_directory": str(SCRATCH.absolute()),
    }
    with dask.config.set(UNWATCHED), LocalCluster(**options) as cluster:
        yield cluster


def _result(future: Any, client: Any) -> Any:
    """Return the future's result; say so while nobody is left to make it."""
    while True:
        try:
            return future.result(timeout=ARRIVAL)
        except TimeoutError:
            if future.done():
                raise
            if not _threads(client):
                log.warning("dask: no worker is left; waiting for one")


def _farewell(client: Any, plugin: Any) -> None:
    """Let workers that come later be. The scheduler may be gone already."""
    with suppress(Exception):
        client.unregister_worker_plugin(plugin.name)
