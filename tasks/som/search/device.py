"""The search on a GPU, by kernels of our own (`kernels/best_matching_units.cu`).

`propose` gives each sample the two nodes of lowest score and the three lowest scores, without
storing any other; `decide` measures the samples whose gaps are no more than 2ε (`rounding`, with
the roundoff of three TF32 products) against all nodes in double precision. For a pruned search
samples stand in the order of their nearest tile, and a bit says of each block of samples and tile
whether the ball of the one comes within reach of the ball of the other.

Where the kernels cannot be compiled, `portable` searches instead. All agree bit for bit.
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from array_api_compat import array_namespace

from tasks.som.search import portable
from tasks.som.search.nodes import slices
from tasks.som.search.rounding import SINGLE, TENSOR, reach, squared_distance
from tasks.som.search.tiles import Tiles, tiles

SOURCE = Path(__file__).parent / "kernels" / "best_matching_units.cu"
SAMPLES, SIDE, PAD = 128, 8, 4
"""Of the kernel `propose`: samples a block, the side of a tile of nodes, and padding of rows."""
SHARED = 160 << 10
"""Bytes of shared memory a block may have on the GPUs that the kernels are for."""
ROWS = 1 << 20
"""Samples at a time."""
FAR = 1e30
"""The score of a place that no node fills."""


class Kernels(NamedTuple):
    """The compiled functions."""

    propose: Any
    decide: Any


class Table(NamedTuple):
    """Nodes in the order of their tiles, as the kernels read them."""

    names: Any
    weights: Any
    half: Any
    centre: Any
    longest: float
    tiles: Tiles


@cache
def kernels(xp: ModuleType) -> Kernels | None:
    """Return the kernels, or None where `xp` cannot compile them."""
    if not hasattr(xp, "RawModule"):
        return None
    try:
        module = xp.RawModule(code=SOURCE.read_text(), options=("--std=c++14",))
        return Kernels(module.get_function("propose"), module.get_function("decide"))
    except Exception:  # of many kinds: no NVRTC, a GPU too old, a driver that does not fit
        return None


def search(
    samples: Any,
    nodes: Any,
    *,
    exact: bool,
    chunk: int | None,
    second: bool,
    prune: bool,
    shape: tuple[int, int] | None,
    xp: ModuleType,
) -> tuple[Any, Any, Any, float]:
    """Return best, second, distance and the share decided anew, as `best_matching_units.search`
    does, as arrays of `xp`.
    """
    ours = kernels(xp)
    padded = -(-samples.shape[1] // 8) * 8
    shared = 4 * (SAMPLES + SIDE**2) * (padded + PAD)
    if ours is None or shared > SHARED or len(nodes) < 3 or not len(samples):
        standard = array_namespace(samples)
        return portable.search(standard, samples, nodes, exact=exact, chunk=chunk, second=second)
    table = _table(xp, nodes, padded, shape)
    best, other = xp.empty((2, len(samples)), dtype=xp.int64)
    refined = 0
    for part in slices(len(samples), chunk or ROWS):
        order = xp.arange(len(samples))[part]
        if prune:
            order = order[xp.argsort(_home(xp, samples[part], table))]
        x = xp.zeros((len(order), padded), dtype=xp.float32)
        x[:, : samples.shape[1]] = samples[order] - table.centre
        mask = _mask(xp, x, table) if prune else None
        units, scores = _propose(xp, ours, x, table, mask=mask, shared=shared)
        close = _close(xp, x, scores, table) if exact else ()
        if len(close):
            _decide(xp, ours, samples[order], nodes, units=units, close=close)
            refined += len(close)
        best[order], other[order] = units[:, 0], units[:, 1]
    if not second:
        other[:] = -1
    squared = squared_distance(array_namespace(samples), samples, nodes[best])
    return best, other, xp.sqrt(squared), refined / len(samples)


def _table(xp: ModuleType, nodes: Any, padded: int, shape: tuple[int, int] | None) -> Table:
    host = nodes.get() if hasattr(nodes, "get") else nodes
    found = tiles(host, shape, SIDE)
    names = found.nodes.reshape(-1)
    centre = host.mean(axis=0).astype(np.float32)
    weights = np.zeros((len(names), padded), np.float32)
    weights[:, : host.shape[1]] = np.where(names[:, None] >= 0, centre - host[names], 0.0)
    squares = np.sum((host - centre) ** 2, axis=1)
    half = np.where(names >= 0, 0.5 * squares[names], FAR).astype(np.float32)
    return Table(
        names=xp.asarray(names),
        weights=xp.asarray(weights),
        half=xp.asarray(half),
        centre=xp.asarray(centre),
        longest=float(np.sqrt(squares.max())),
        tiles=found,
    )


def _propose(
    xp: ModuleType, ours: Kernels, x: Any, table: Table, *, mask: Any, shared: int
) -> tuple[Any, Any]:
    """Return the two nodes of lowest score and the three lowest scores of each sample."""
    count, padded = x.shape
    blocks, tile_count = -(-count // SAMPLES), len(table.tiles.radius)
    units = xp.empty((count, 2), dtype=xp.int32)
    scores = xp.empty((count, 3), dtype=xp.float32)
    ours.propose.max_dynamic_shared_size_bytes = shared
    pointer = np.uintp(0) if mask is None else mask
    words = 0 if mask is None else mask.shape[1]
    sizes = (np.int64(count), np.int32(tile_count), np.int32(padded), np.int32(words))
    arguments = (x, table.weights, table.half, pointer, *sizes, units, scores)
    ours.propose((blocks,), (SAMPLES,), arguments, shared_mem=shared)
    return table.names[units], scores


def _decide(
    xp: ModuleType, ours: Kernels, samples: Any, nodes: Any, *, units: Any, close: Any
) -> None:
    """Enter the exact units of the samples `close`."""
    answers = xp.empty((len(close), 2), dtype=xp.int32)
    rows = xp.ascontiguousarray(samples[close])
    sizes = (np.int64(len(close)), np.int32(len(nodes)), np.int32(nodes.shape[1]))
    ours.decide((-(-len(close) // 4),), (SAMPLES,), (rows, nodes, *sizes, answers))
    units[close] = answers


def _close(xp: ModuleType, x: Any, scores: Any, table: Table) -> Any:
    """Return the samples whose scores are too close to tell the units."""
    first, second, third = scores.astype(xp.float64).T
    length, features = _length(xp, x), len(table.centre)
    standard = array_namespace(x)
    near = reach(standard, length, second, table.longest, features, unit=TENSOR)
    return xp.nonzero((second - first <= near) | (third - second <= near))[0]


def _length(xp: ModuleType, x: Any) -> Any:
    return xp.sqrt(xp.sum(x.astype(xp.float64) ** 2, axis=1))


def _home(xp: ModuleType, samples: Any, table: Table) -> Any:
    """Return the tile of each sample's nearest centre; any other would do, but prune less."""
    centres = xp.asarray(table.tiles.centre - table.tiles.centre.mean(axis=0))
    x = samples.astype(xp.float64) - xp.asarray(table.tiles.centre.mean(axis=0))
    return (0.5 * xp.sum(centres**2, axis=1) - x @ centres.T).argmin(axis=1)


def _mask(xp: ModuleType, x: Any, table: Table) -> Any:
    """Return for each block of samples a bit for each tile: whether it may hold a unit of any.

    Of the tile that reaches least far from a sample, |x - C| + R, all nodes are within that
    distance; where it has one node only, the tile does not count.
    """
    features = table.centre.shape[0]
    blocks = -(-len(x) // SAMPLES)
    rows = xp.minimum(xp.arange(blocks * SAMPLES), len(x) - 1)
    samples = x[rows, :features].astype(xp.float64).reshape(blocks, SAMPLES, features)
    centres = xp.asarray(table.tiles.centre) - table.centre
    radius = xp.asarray(table.tiles.radius)
    filled = xp.asarray((table.tiles.nodes >= 0).sum(axis=1) > 1)
    middle = samples.mean(axis=1)
    spread = xp.sqrt(((samples - middle[:, None]) ** 2).sum(axis=2).max(axis=1))[:, None]
    squared = xp.zeros((blocks, len(centres)))
    for feature in range(features):
        squared += (middle[:, feature, None] - centres[None, :, feature]) ** 2
    distance = xp.sqrt(squared)
    farthest = xp.where(filled, distance + radius, xp.inf).min(axis=1, keepdims=True) + spread
    length = _length(xp, x).max()
    slack = 1e-9 * (length + table.longest) + 4 * SINGLE * length
    needed = distance - radius - spread <= farthest + slack
    words = -(-needed.shape[1] // 32)
    bits = xp.zeros((blocks, 32 * words), dtype=xp.uint32)
    bits[:, : needed.shape[1]] = needed
    shifted = bits.reshape(blocks, words, 32) << xp.arange(32, dtype=xp.uint32)
    return xp.ascontiguousarray(shifted.sum(axis=2).astype(xp.uint32))
