"""Samples as they come, as a source of blocks: arrays (masked ones too), memory maps, Zarr, Dask
and HDF5 arrays, arrays of xarray, tensors, lists, data frames, or an iterator of tables, which are
gathered into one.

Samples are read block by block, in double precision, so that data larger than memory pass through,
and none is changed. Everything that could be wrong with them is found before any work is done on
them.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float64

from tasks.som.samples import source
from tasks.som.samples.source import Source

Metric = Literal["euclidean", "cosine"]


class Extent(NamedTuple):
    """The range of every feature (NaN where it has no value), and the number of rows that lack a
    value.
    """

    lowest: Float64[np.ndarray, " feature"]
    highest: Float64[np.ndarray, " feature"]
    incomplete: int


@dataclass(frozen=True)
class Sliced:
    """An array of any library, read by slices; masked values are NaN."""

    array: Any

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the array's shape."""
        return tuple(self.array.shape)

    @property
    def dtype(self) -> np.dtype:
        """Return the array's kind of numbers."""
        return np.dtype(self.array.dtype)

    def __getitem__(self, rows: slice) -> np.ndarray:
        """Return rows."""
        part = self.array[rows]
        if isinstance(part, np.ma.MaskedArray):
            return np.ma.filled(part.astype(np.float64), np.nan)
        return np.asarray(part)


def extent(samples: Source, *, missing: bool, metric: Metric = "euclidean") -> Extent:
    """Return the ranges, having seen every value; NaN counts as a missing value where those are
    allowed.

    Raises:
        ValueError: a value is infinite, or NaN where none may be missing, or a row of zeros has no
        direction, which the metric cosine needs.
    """
    lowest, highest = np.full(samples.features, np.nan), np.full(samples.features, np.nan)
    bad, zeros, incomplete, start = _Rows(), _Rows(), 0, 0
    for rows in samples.blocks():
        lacking = np.any(np.isnan(rows), axis=1)
        wrong = np.any(np.isinf(rows), axis=1) | (lacking & (not missing))
        bad, incomplete = bad.and_those(wrong, start), incomplete + int(lacking.sum())
        if metric == "cosine":
            zeros = zeros.and_those(~np.any(rows, axis=1), start)
        lowest = np.fmin(lowest, np.fmin.reduce(rows, axis=0))
        highest = np.fmax(highest, np.fmax.reduce(rows, axis=0))
        start += len(rows)
    if bad.count:
        remedy = "" if metric == "cosine" else ", or take missing='mask' for NaN"
        raise ValueError(
            f"X: {bad.count} samples hold NaN or infinity, the first is sample {bad.first}; "
            f"remove them{remedy}"
        )
    if zeros.count:
        raise ValueError(
            f"X: {zeros.count} samples are rows of zeros, the first is sample {zeros.first}; "
            "with metric='cosine' they have no direction: remove them"
        )
    return Extent(lowest, highest, incomplete)


def read(
    values: Any, *, block: Callable[[int], int], metric: Metric, features: int | None = None
) -> Source:
    """Return the samples of `values`, refusing what cannot be such. `block` tells the samples a
    block for a number of features. The metric cosine scales each row to length 1.

    Raises:
        ValueError: not two-dimensional, no numbers, no samples or features, or not `features` of
        them.
    """
    array = _array(values)
    shape = tuple(array.shape)
    if len(shape) != 2 or np.dtype(array.dtype).kind not in "fiub":
        raise ValueError(
            f"X is {array.dtype} {shape}; expected numbers of shape (samples, features)"
        )
    if not (shape[0] and shape[1]):
        raise ValueError(f"X is empty {shape}; at least one sample and one feature are needed")
    if features is not None and shape[1] != features:
        raise ValueError(f"X has {shape[1]} features, but the map has {features}")
    held = source.Table(array, block(shape[1]))
    return source.Mapped(held, _unit if metric == "cosine" else _double)


@dataclass(frozen=True)
class _Rows:
    """How many rows are wrong, and which is the first."""

    count: int = 0
    first: int = -1

    def and_those(self, wrong: np.ndarray, start: int) -> "_Rows":
        """Return these and the rows of a block that begins at row `start`."""
        count = int(wrong.sum())
        found = start + int(wrong.argmax()) if count and not self.count else self.first
        return _Rows(self.count + count, found)


def _array(values: Any) -> Any:
    """Return what has a shape and a dtype and is read by slices."""
    if hasattr(values, "detach"):  # a tensor of PyTorch, perhaps one that asks for gradients
        return _of_tensor(values.detach().cpu())
    if isinstance(values, np.ma.MaskedArray):
        return Sliced(values)
    if isinstance(values, np.ndarray) or _is_zarr(values):
        return values
    if hasattr(values, "chunks") and hasattr(values, "dtype"):
        return Sliced(values)
    try:
        return _gathered(values) if hasattr(values, "__next__") else np.asarray(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"X is no table of numbers: {error}") from None


def _is_zarr(values: Any) -> bool:
    zarr = sys.modules.get("zarr")  # whoever has such an array has imported it
    return zarr is not None and isinstance(values, zarr.Array)


def _of_tensor(tensor: Any) -> np.ndarray:
    """Return a tensor's numbers, in single precision where NumPy has no such kind (bfloat16)."""
    try:
        return tensor.numpy()
    except TypeError:
        return tensor.float().numpy()


def _gathered(tables: Iterator[Any]) -> np.ndarray:
    """Return the rows of all tables, in memory."""
    arrays = [_array(table) for table in tables]
    if not arrays:
        raise ValueError("an iterator without any table")
    return np.concatenate([array[:] for array in arrays])


def _double(rows: source.Block) -> Float64[np.ndarray, "row feature"]:
    return np.asarray(rows).astype(np.float64)


def _unit(rows: source.Block) -> Float64[np.ndarray, "row feature"]:
    """Return the rows scaled to length 1, or 0 where a row is; the largest value is divided out
    first, for squares neither to overflow nor to vanish.
    """
    values = _double(rows)
    with np.errstate(invalid="ignore"):  # infinities are reported by `extent`
        largest = np.abs(values).max(axis=1, keepdims=True)
        scaled = values / np.where(largest == 0, 1.0, largest)
        length = np.sqrt(np.einsum("rf,rf->r", scaled, scaled))[:, None]
        return scaled / np.where(length == 0, 1.0, length)
