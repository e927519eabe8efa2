"""Samples as they come: arrays, memory maps, Zarr arrays, tensors, lists; in blocks of rows.

A table reads its samples block by block, so that data larger than memory pass through, and changes
none of them. Everything that could be wrong with them is found before any work is done on them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float64

Metric = Literal["euclidean", "cosine"]


class Extent(NamedTuple):
    """The range of every feature (NaN where it has no value), and the number of rows that lack a
    value.
    """

    lowest: Float64[np.ndarray, " feature"]
    highest: Float64[np.ndarray, " feature"]
    incomplete: int


@dataclass(frozen=True, eq=False)
class Table:
    """Samples, a row each: `values` has a shape, a dtype, and slices of rows that NumPy can read.

    `metric` cosine scales each row to length 1.
    """

    values: Any
    block: int
    metric: Metric

    def __len__(self) -> int:
        return int(self.values.shape[0])

    @property
    def features(self) -> int:
        """The number of columns."""
        return int(self.values.shape[1])

    def blocks(self) -> Iterator[Float64[np.ndarray, "row feature"]]:
        """Yield the samples, `block` rows at a time, in double precision.

        Raises:
            ValueError: the metric is cosine, and a row is 0.
        """
        for start in range(0, len(self), self.block):
            rows = np.asarray(self.values[start : start + self.block]).astype(np.float64)
            yield _unit(rows, start) if self.metric == "cosine" else rows

    def extent(self, *, missing: bool) -> Extent:
        """Return the ranges, having seen every value; NaN counts as a missing value where those
        are allowed.

        Raises:
            ValueError: a value is infinite, or NaN where none may be missing.
        """
        lowest, highest = np.full(self.features, np.nan), np.full(self.features, np.nan)
        bad, first, incomplete, start = 0, -1, 0, 0
        for rows in self.blocks():
            lacking = np.isnan(rows).any(axis=1)
            wrong = np.isinf(rows).any(axis=1) | (lacking & (not missing))
            if wrong.any() and first < 0:
                first = start + int(wrong.argmax())
            bad, incomplete = bad + int(wrong.sum()), incomplete + int(lacking.sum())
            lowest = np.fmin(lowest, np.fmin.reduce(rows, axis=0))
            highest = np.fmax(highest, np.fmax.reduce(rows, axis=0))
            start += len(rows)
        if bad:
            raise ValueError(
                f"X: {bad} samples hold NaN or infinity, the first is sample {first}; "
                "remove them, or take missing='mask' for NaN"
            )
        return Extent(lowest, highest, incomplete)


def read(
    values: Any, *, block: Callable[[int], int], metric: Metric, features: int | None = None
) -> Table:
    """Return the table of `values`, refusing what cannot be one. `block` tells the samples a block
    for a number of features.

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
    return Table(array, block(shape[1]), metric)


def _array(values: Any) -> Any:
    """Return what has a shape and a dtype and is read by slices."""
    if hasattr(values, "detach"):  # a tensor of PyTorch, perhaps one that asks for gradients
        return values.detach().cpu().numpy()
    if isinstance(values, np.ndarray) or (hasattr(values, "chunks") and hasattr(values, "dtype")):
        return values
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(f"X is no table of numbers: {error}") from None


def _unit(
    rows: Float64[np.ndarray, "row feature"], start: int
) -> Float64[np.ndarray, "row feature"]:
    """Return the rows scaled to length 1; the largest value is divided out first, for squares
    neither to overflow nor to vanish.
    """
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not largest.all():
        raise ValueError(
            f"X: sample {start + int((largest[:, 0] == 0).argmax())} is 0; "
            "metric cosine needs a direction"
        )
    with np.errstate(invalid="ignore"):  # infinities are reported by `extent`
        scaled = rows / largest
        return scaled / np.sqrt(np.einsum("rf,rf->r", scaled, scaled))[:, None]
