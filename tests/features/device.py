"""Arrays that lie elsewhere: a stand-in for those of CuPy, which answer to the names of NumPy but
are none of its own; and scikit-image in the place of cuCIM, taking and giving such arrays.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from skimage import filters


def unwrap(value: Any) -> Any:
    """Return what NumPy takes, within lists and tuples, too."""
    if isinstance(value, Elsewhere):
        return value.host
    if isinstance(value, list | tuple):
        return type(value)(unwrap(each) for each in value)
    return value


class Elsewhere(NDArrayOperatorsMixin):
    """An array on a device; NumPy cannot turn it into one of its own unless asked by `get`."""

    def __init__(self, host: Any) -> None:
        self.host = np.asarray(host)
        self.shape, self.dtype, self.ndim = self.host.shape, self.host.dtype, self.host.ndim

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("implicit copy to the host")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        options = {name: unwrap(value) for name, value in options.items()}
        found = getattr(ufunc, method)(*unwrap(inputs), **options)
        return self if "out" in options else Elsewhere(found)

    def __array_function__(self, function: Any, _: Any, inputs: Any, options: Any) -> Any:
        return Elsewhere(function(*unwrap(inputs), **options))

    def __getitem__(self, place: Any) -> "Elsewhere":
        return Elsewhere(self.host[unwrap(place)])

    def __setitem__(self, place: Any, value: Any) -> None:
        assert isinstance(value, Elsewhere)
        self.host[place] = value.host

    def __len__(self) -> int:
        return len(self.host)

    def astype(self, dtype: Any) -> "Elsewhere":
        return Elsewhere(self.host.astype(dtype))

    def copy(self) -> "Elsewhere":
        return Elsewhere(self.host.copy())

    def get(self) -> np.ndarray:
        return self.host


def module(_: str) -> SimpleNamespace:
    """Return scikit-image's filters as cuCIM's."""

    def moved(function: Any) -> Any:
        return lambda plane: Elsewhere(function(plane.host))

    return SimpleNamespace(
        **{name: moved(getattr(filters, name)) for name in ("sobel_h", "sobel_v", "laplace")}
    )
