"""Dask's runner, where no cluster is needed to see what it does."""

import pytest

from tasks.core import cluster, code, uses
from tasks.core.cluster import Dask
from tasks.core.errors import InputError
from tasks.core.part import Setting
from tasks.features import stage as features

pytest.importorskip("distributed", reason="needs the extra [dask]")


def test_a_scheduler_that_does_not_answer_is_one_line(project, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with (
        Dask("tcp://127.0.0.1:9", 2)(Setting("som", 1, ".cache/items")) as computing,
        pytest.raises(InputError, match=r"runner\.address: no scheduler .* tcp://127\.0\.0\.1:9"),
    ):
        computing.slots(1)


def test_a_worker_with_other_code_is_refused(project):
    function = features.compute.fn
    assert cluster._version(function) == code.version("tasks.features.stage")
    with pytest.raises(InputError, match=r"a worker on .* has other code than this project"):
        cluster.work(function, None, "another", False)  # pyright: ignore[reportArgumentType]


def test_a_worker_says_which_items_it_needed(project):
    def look(part):
        uses.note("needed")
        with uses.within():
            uses.note("inner")
        return part

    assert cluster.work(look, 7, None, True) == (7, ["needed"], ["inner"])  # pyright: ignore[reportArgumentType]
