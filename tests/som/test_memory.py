"""The stage's memory, in processes of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from pathlib import Path
import numpy as np, zarr
from tasks.som.samples import budget, standardisation
from tasks.som.starts.initialisation import principal_plane
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples.source import Table
from tasks.som.samples.standardised import Standardised
from tasks.som.search import compiled
from tasks.som.training import train

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024

def fit(raw):
    found = standardisation.gathered(raw.blocks())
    standard = Standardised(standardisation.from_moments(found, np.ones(raw.features)), found)
    data, grid, jit = standard.source(raw), Rect(8, 8), compiled.available()
    list(train(data, principal_plane(data, grid), grid, Gaussian(), [1.0], jit=jit))

place, limit, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
array = zarr.create_array(place, shape=(rows, 16), chunks=(8192, 16), dtype="float32")
for start in range(0, rows, 8192):
    count = min(8192, rows - start)
    array[start : start + count] = np.random.default_rng(start).normal(size=(count, 16))
block = budget.block(limit, 16, 64, 8192 * 64)
fit(Table(array[:2000], block))
Path("/proc/self/clear_refs").write_text("5")
before = peak()
fit(Table(array, block))
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux tells the peak")
@pytest.mark.parametrize("limit", [24, 48])
def test_a_fit_keeps_to_its_memory_whatever_the_number_of_samples(tmp_path, limit: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "a.zarr"), str(limit), "1500000"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert float(done.stdout) <= 1.1 * limit  # the samples take 92 MiB
