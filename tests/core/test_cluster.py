"""Dask's runner, where no cluster is needed to see what it does."""

from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any

import pytest

from tasks.core import cluster, items
from tasks.core.cluster import Cluster, Dask
from tasks.core.errors import InputError
from tasks.core.part import Setting

distributed = pytest.importorskip("distributed", reason="needs the extra [dask]")


def test_a_scheduler_that_does_not_answer_is_one_line(project, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with (
        Dask("tcp://127.0.0.1:9", 2)(Setting("som", 1, ".cache/items")) as computing,
        pytest.raises(InputError, match=r"runner\.address: no scheduler .* tcp://127\.0\.0\.1:9"),
    ):
        computing.slots(1)


class Client:
    """Stands for the connection to a scheduler: every part ends as told."""

    def __init__(self, result: object) -> None:
        self.future: Future[object] = Future()
        if isinstance(result, Exception):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)

    def submit(self, *_, **__) -> "Future[object]":
        return self.future


class Part:
    key = "ab" * 32


def compute(result: object) -> object:
    cluster = Cluster(
        Dask("tcp://10.0.0.7:8786", 2),
        Setting("som", 1, ".cache/items"),
        ExitStack(),
        connected=Client(result),  # pyright: ignore[reportArgumentType]
    )
    return cluster.compute(print, Part(), gpu=False)


def test_a_part_that_no_worker_survives_is_one_line(project):
    error = distributed.KilledWorker("part", None, 3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(
        InputError, match=r"runner: 4 workers died of the same part \(abababababab"
    ):
        compute(error)


def test_a_scheduler_that_goes_away_is_one_line(project):
    with pytest.raises(InputError, match=r"the scheduler at tcp://10\.0\.0\.7:8786 is gone"):
        compute(distributed.CancelledError())


def test_an_error_of_the_part_itself_comes_through(project):
    with pytest.raises(TimeoutError, match="its own"):
        compute(TimeoutError("its own"))


def test_items_that_stay_with_the_workers_are_one_line(project):
    with pytest.raises(
        InputError, match=r"items\.root: what the workers at .* does not come here"
    ):
        compute((7, ["ab" * 32], []))
    items.produce("ab" * 32, lambda folder: None)
    assert compute((7, ["ab" * 32], [])) == 7


def test_workers_on_this_machine_keep_no_profile_of_their_stacks(project):
    def profiling(dask_worker: Any) -> list[str]:
        return [name for name in dask_worker.periodic_callbacks if "profile" in name]

    with cluster._local(1) as place, distributed.Client(place, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        assert list(client.run(profiling).values()) == [[]]
