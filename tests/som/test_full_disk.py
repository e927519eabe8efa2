"""A disk that fills up while the stage writes: a small one in memory where that may be mounted,
a limit on the size of files elsewhere.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES
from tasks.artifacts.som import SOM
from tasks.core import params, store
from tests import stores
from tests.som import test_stage
from tests.som.test_stage import VALUES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def disk(tmp_path, monkeypatch):
    """A project on a disk of its own of 4 MiB, or None beside it where none can be mounted."""
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)]
    mounted = (
        os.getuid() == 0
        and shutil.which("mount")
        and not subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    )
    monkeypatch.chdir(tmp_path)
    yield tmp_path, bool(mounted)
    monkeypatch.undo()
    if mounted:
        subprocess.check_call(["umount", "-l", str(tmp_path)])


def prepare(project: Path) -> None:
    values = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype(np.float32)
    with store.output("pictures") as folder:
        sizes = {"picture": 4, "y": 2, "x": 2, "channel": 3}
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords={"split": [0] * 4})
    with store.output("features") as folder:
        names = ["a", "b", "c"]
        coords = {"value": values, "feature": names, "units": names, "weight": [1.0] * 3}
        sizes = {"picture": 4, "y": 8, "x": 8, "feature": 3}
        stores.create(folder / "features.zarr", FEATURES, sizes, coords=coords)
    parameters = yaml.safe_load((ROOT / "params.yaml").read_text())
    parameters["som"] = {**VALUES, "rows": 40, "cols": 40}
    (project / "params.yaml").write_text(yaml.safe_dump(parameters))


def run(limit: int | None = None) -> subprocess.CompletedProcess:
    def restrict() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "flows.som"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=restrict,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_is_one_line_and_leaves_the_previous_result(disk) -> None:
    project, mounted = disk
    prepare(project)
    test_stage.run(params.load("som"))
    before = store.digest(store.folder("som"))
    parameters = yaml.safe_load((project / "params.yaml").read_text())
    parameters["som"]["epochs"] += 1
    (project / "params.yaml").write_text(yaml.safe_dump(parameters))
    if mounted:
        shutil.rmtree(project / ".cache" / "items")
        room = shutil.disk_usage(project).free - 20_000
        (project / "ballast").write_bytes(bytes(room))
    full = run(None if mounted else 4000)
    assert full.returncode == 1
    assert full.stderr.strip().splitlines()[-1].startswith("som: ")
    assert "the disk is full; make room, then run it again" in full.stderr
    assert "Traceback" not in full.stderr
    assert store.digest(store.folder("som")) == before
    if mounted:
        (project / "ballast").unlink()
    assert run().returncode == 0
    assert store.read("som", SOM).sizes["step"] == VALUES["epochs"] + 1
