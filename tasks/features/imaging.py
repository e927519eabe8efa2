"""The image library on a GPU: cuCIM, which has scikit-image's functions under the same names.

Features are written with NumPy's names, which CuPy's arrays answer to. What needs an image library
is OpenCV's or scikit-image's on a CPU and cuCIM's on a GPU, where cuCIM has it and gives the same
numbers up to rounding; extractors that can compute there say so (`on_gpu`), the others stay on the
CPU. The stages compute on the CPU always: the same pictures give the same bytes on every machine.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from tasks.core import backend
from tasks.core.backend import Device


def namespace(device: Device) -> ModuleType:
    """Return CuPy where a GPU and cuCIM are at hand, otherwise NumPy: where `extract` computes.

    Raises:
        InputError: `cuda` was asked for, and CuPy or a GPU is missing.
    """
    return backend.namespace(device) if find_spec("cucim") else np


def elsewhere(array: Any) -> bool:
    """Return whether `array` lies on a GPU."""
    return not isinstance(array, np.ndarray)


def library(part: str) -> ModuleType:
    """Return cuCIM's module `part`, named as scikit-image's: "filters", say."""
    return import_module(f"cucim.skimage.{part}")
