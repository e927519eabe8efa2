"""Samples as they come: arrays, memory maps, Zarr arrays, tensors, lists; as a source of blocks.

Samples are read block by block, in double precision, so that data larger than memory pass through,
and none is changed. Everything that could be wrong with them is found before any work is done on
them.
"""

from collections.abc import Callable
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


def extent(samples: Source, *, missing: bool) -> Extent:
    """Return the ranges, having seen every value; NaN counts as a missing value where those are
    allowed.

    Raises:
        ValueError: a value is infinite, or NaN where none may be missing.
    """
    lowest, highest = np.full(samples.features, np.nan), np.full(samples.features, np.nan)
    bad, first, incomplete, start = 0, -1, 0, 0
    for rows in samples.blocks():
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
            "remove them, or take missing='mask' for NaN "
            "(metric='cosine' has no direction for a sample of zeros, either)"
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


def _double(rows: source.Block) -> Float64[np.ndarray, "row feature"]:
    return np.asarray(rows).astype(np.float64)


def _unit(rows: source.Block) -> Float64[np.ndarray, "row feature"]:
    """Return the rows scaled to length 1, NaN where a row is 0; the largest value is divided out
    first, for squares neither to overflow nor to vanish.
    """
    values = _double(rows)
    with np.errstate(invalid="ignore"):  # zeros and infinities are reported by `extent`
        scaled = values / np.abs(values).max(axis=1, keepdims=True)
        return scaled / np.sqrt(np.einsum("rf,rf->r", scaled, scaled))[:, None]
