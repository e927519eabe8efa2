"""Passes by many hands: the same map, bit for bit, whoever looks at the samples."""

import shutil

import numpy as np
import pytest

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES
from tasks.core import engine, items, params, store
from tasks.core.params import Runtime
from tasks.som import stage, surveying
from tests import stores

VALUES = {
    "rows": 8,
    "cols": 6,
    "topology": {"name": "hex"},
    "neighbourhood": {"name": "gaussian"},
    "initialisation": {"name": "pca"},
    "bmu": "auto",
    "epochs": 3,
    "sigma": {"start": 2.0, "end": 0.7},
    "decay": {"name": "exponential"},
    "clusters": 4,
    "samples": 9000,
    "sample_schedule": "grow",
    "memory_limit": 17,
    "exact": True,
}
RUNTIME = Runtime(threads=1, device="cpu", seed=3)


@pytest.fixture
def samples(project, monkeypatch):
    """A project with ten thousand cells, of which a thousand are worth a hand."""
    monkeypatch.setattr(surveying, "FEWEST", 1000)
    values = np.random.default_rng(0).normal(size=(5, 48, 48, 3)).astype(np.float32)
    with store.output("pictures") as folder:
        sizes = {"picture": 5, "y": 2, "x": 2, "channel": 3}
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords={"split": [0] * 5})
    coords = {"value": values, "feature": ["a", "b", "c"], "units": ["1"] * 3, "weight": [1.0] * 3}
    with store.output("features") as folder:
        sizes = dict(zip(("picture", "y", "x", "feature"), values.shape, strict=True))
        stores.create(folder / "features.zarr", FEATURES, sizes, coords=coords)
    yield project
    items.configure(str(items.ITEMS))


def trained() -> str:
    """Run the stage from nothing and return the digest of the map."""
    shutil.rmtree(items.ITEMS, ignore_errors=True)
    section = params.check("som", VALUES)
    (training,) = stage.plan(section, RUNTIME)
    engine.map_shards(stage.fit, [training], label="som")
    stage.assemble(section, [training])
    return store.digest(store.folder("som"))


class Here:
    """Stands for workers: computes at once, and counts."""

    remote = True

    def __init__(self, hands: int) -> None:
        self.number, self.given = hands, 0

    def slots(self, workers: int) -> int:
        return self.number

    def compute(self, function, part, *, gpu):
        self.given += 1
        return function(part)


@pytest.mark.parametrize("memory", [17, 512])
def test_any_number_of_hands_makes_the_map_of_one(samples, monkeypatch, memory):
    monkeypatch.setitem(VALUES, "memory_limit", memory)
    alone = trained()
    for number in (2, 3, 7):
        runner = Here(number)
        monkeypatch.setattr(engine, "_chosen", runner)
        assert trained() == alone
        assert runner.given == number * 4


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_of_dask_make_the_map_of_one_process(samples, set_params, workers):
    pytest.importorskip("distributed", reason="needs the extra [dask]")
    alone = trained()
    set_params({"runner": {"name": "dask", "address": None, "workers": workers}})
    with engine.computing("som"):
        assert trained() == alone
        found = [path.name for path in items.ITEMS.glob("*/*/*.npz")]
    assert found.count(surveying.FILE) == 4 * 2 * workers


def test_few_samples_are_not_shared_out(samples, monkeypatch):
    monkeypatch.setattr(surveying, "FEWEST", 1 << 16)
    monkeypatch.setattr(engine, "_chosen", Here(3))
    trained()
    assert engine._chosen.given == 0
