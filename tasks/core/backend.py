"""Where arrays live and how many threads compute them.

The numerics are written against one array namespace: NumPy on a CPU, CuPy on a GPU. This module
alone imports CuPy.
"""

import ctypes
import os
from types import ModuleType
from typing import Any, Literal

import numpy as np

from tasks.core.errors import InputError

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt(3)

Device = Literal["auto", "cpu", "cuda"]


def namespace(device: Device) -> ModuleType:
    """Return the array module of `device`: `cupy` where a GPU is asked for (`auto`: where one
    answers), otherwise `numpy`.

    Raises:
        InputError: `cuda` was asked for, and CuPy or a GPU is missing.
    """
    if device == "cpu":
        return np
    try:
        import cupy  # pyright: ignore[reportMissingImports]

        if cupy.cuda.runtime.getDeviceCount() > 0:
            return cupy
    except Exception as error:
        if device == "cuda":
            raise InputError(
                f"runtime.device: cuda is not at hand ({error}); use cpu or auto"
            ) from None
    return np


def to_numpy(array: Any) -> np.ndarray:
    """Return `array` on the host, without a copy where it is there already."""
    return array.get() if hasattr(array, "get") else np.asarray(array)


def torch_device(device: Device) -> str:
    """Return the name of PyTorch's device for `device`."""
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("runtime.device: cuda is not at hand; use cpu or auto")
    return "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"


def torch_on_gpu(device: Device) -> bool:
    """Return whether PyTorch computes on a GPU for `device`."""
    return torch_device(device) == "cuda"


def keep_memory() -> None:
    """Let glibc keep freed memory instead of handing large blocks back to the kernel each time.

    A training step frees and asks again for the same hundreds of megabytes; without the page
    faults a ControlNet step takes 0.84 of the time. Elsewhere than on glibc nothing happens.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 30)
        libc.mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)


def configure(threads: int) -> None:
    """Fix the number of threads of OpenCV and PyTorch, and let PyTorch use deterministic
    algorithms only.

    NumPy's BLAS has one: its products here are small, stages share out whole parts instead, and
    threads that wait for one another on a busy machine cost many times the product itself.

    Results may differ in the last bit between thread counts; with the count fixed, a machine
    repeats itself byte for byte.
    """
    import cv2
    import torch
    from threadpoolctl import threadpool_limits

    keep_memory()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    threadpool_limits({"blas": 1, "openmp": threads})
    cv2.setNumThreads(threads)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
