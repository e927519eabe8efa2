import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tasks.core import backend
from tasks.som.search import device
from tasks.som.search.best_matching_units import search

RANDOM = np.random.default_rng(17)
SPEC = importlib.util.spec_from_file_location("gpu_twin", Path(__file__).parent / "gpu_twin.py")
twin = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(twin)
CUPY = twin.cupy()


def test_fragments_are_laid_out_as_the_manual_says() -> None:
    """PTX ISA, matrix fragments for mma.m16n8k8 with .tf32."""
    for lane in range(32):
        group, member = divmod(lane, 4)
        a = [(twin.A_ROW(group, member, i), twin.A_COL(group, member, i)) for i in range(4)]
        b = [(twin.B_ROW(group, member, i), twin.B_COL(group, member, i)) for i in range(2)]
        c = [(twin.C_ROW(group, member, i), twin.C_COL(group, member, i)) for i in range(4)]
        assert a == [(group + 8 * (i in (1, 3)), member + 4 * (i >= 2)) for i in range(4)]
        assert b == [(member + 4 * i, group) for i in range(2)]
        assert c == [(group + 8 * (i >= 2), 2 * member + (i & 1)) for i in range(4)]


def test_the_warps_products_are_the_matrix_product() -> None:
    x = RANDOM.normal(size=(twin.SAMPLES, 24)).astype(np.float32)
    w = RANDOM.normal(size=(twin.NODES, 24)).astype(np.float32)
    for warp in range(twin.SAMPLES // twin.WARP_ROWS):
        c = twin.warp_tile(x, w, warp, 24)
        full = np.zeros((twin.WARP_ROWS, twin.NODES))
        for m, n, i, lane in np.ndindex(*c.shape):
            group, member = divmod(lane, 4)
            full[16 * m + twin.C_ROW(group, member, i), 8 * n + twin.C_COL(group, member, i)] = c[
                m, n, i, lane
            ]
        rows = x[warp * twin.WARP_ROWS : (warp + 1) * twin.WARP_ROWS].astype(np.float64)
        np.testing.assert_allclose(full, rows @ w.T, atol=2e-5)
        assert np.abs(full - twin.tf32(rows) @ twin.tf32(w).T).max() > 1e-4  # one product is not


def test_python_and_the_kernels_agree_on_sizes() -> None:
    assert (twin.SAMPLES, twin.NODES) == (device.SAMPLES, device.SIDE**2)
    assert device.PAD == twin.PAD


@pytest.mark.parametrize("method", ["dense", "pruned"])
@pytest.mark.parametrize(
    ("count", "shape", "features"),
    [(130, (9, 16), 9), (128, (1, 70), 3), (200, (8, 8), 16), (5, (3, 1), 2), (129, (11, 13), 8)],
)
def test_the_kernels_give_the_same_bits_as_numpy(
    method: str, count: int, shape: tuple, features: int
) -> None:
    samples = RANDOM.normal(size=(count, features)).astype(np.float32)
    nodes = RANDOM.normal(size=(shape[0] * shape[1], features))
    nodes[len(nodes) // 2 :: 7] = nodes[0]
    expected = search(samples, nodes)
    for chunk in (None, 50):
        found = search(samples, nodes, method=method, shape=shape, chunk=chunk, xp=CUPY)
        for ours, theirs in zip(found[:3], expected[:3], strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert found.refined > 0


def test_a_pruned_search_leaves_tiles_out_and_still_gives_the_same_bits() -> None:
    centres = np.repeat(20.0 * np.eye(4), 64, axis=0)
    nodes = centres + RANDOM.normal(size=centres.shape)
    samples = (nodes[RANDOM.integers(256, size=400)] + 0.3).astype(np.float32)
    samples = samples[np.argsort(samples.argmax(axis=1), kind="stable")]
    table = device._table(np, nodes, 8, None)
    x = np.zeros((400, 8), np.float32)
    x[:, :4] = samples - table.centre
    bits = device._mask(np, x, table)
    assert 4 <= sum(int(word).bit_count() for word in bits.flat) < 4 * len(bits)
    found = search(samples, nodes, method="pruned", xp=CUPY)
    for ours, theirs in zip(found[:3], search(samples, nodes)[:3], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_without_a_compiler_the_array_path_searches() -> None:
    def refuse(code: str, options: tuple) -> None:
        raise RuntimeError("no NVRTC")

    broken = twin.cupy()
    broken.RawModule = refuse
    samples, nodes = RANDOM.normal(size=(50, 4)).astype(np.float32), RANDOM.normal(size=(20, 4))
    assert device.kernels(broken) is None
    found = search(samples, nodes, xp=broken)
    np.testing.assert_array_equal(found.best, search(samples, nodes).best)


def nvcc() -> str | None:
    places = [shutil.which("nvcc"), *Path("/usr/local").glob("cuda*/bin/nvcc")]
    spec = importlib.util.find_spec("nvidia")
    for folder in spec.submodule_search_locations if spec else ():
        places.extend(Path(folder).glob("*/bin/nvcc"))
    return next((str(place) for place in places if place), None)


@pytest.mark.parametrize("architecture", ["sm_80", "sm_90"])
@pytest.mark.parametrize("kernel", sorted(device.SOURCE.parent.glob("*.cu")), ids=lambda k: k.name)
def test_the_kernels_compile(kernel: Path, architecture: str, tmp_path: Path) -> None:
    compiler = nvcc()
    if compiler is None and os.environ.get("NVCC") != "required":
        pytest.skip("no nvcc is at hand (NVCC=required makes this a failure)")
    assert compiler, "NVCC=required, and no nvcc is at hand"
    command = [
        compiler,
        f"-arch={architecture}",
        "-cubin",
        "-std=c++14",
        "-Werror",
        "all-warnings",
    ]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "kernel.cubin"), str(kernel)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.gpu
def test_a_gpu_gives_the_same_bits_as_numpy() -> None:
    xp = backend.namespace("auto")
    if xp is np:
        pytest.skip("no GPU is at hand")
    samples = RANDOM.normal(size=(100_000, 16)).astype(np.float32)
    nodes = RANDOM.normal(size=(1024, 16))
    expected = search(samples, nodes)
    for method in ("dense", "pruned"):
        found = search(
            xp.asarray(samples), xp.asarray(nodes), method=method, shape=(32, 32), xp=xp
        )
        for ours, theirs in zip(found[:3], expected[:3], strict=True):
            np.testing.assert_array_equal(ours.get(), theirs)
