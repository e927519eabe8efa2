"""Where samples come from, block by block.

A source gives the same samples in the same order each time it is asked, in blocks of bounded size:
a table in memory, a memory-mapped file, a Zarr array, or the cells of a store (`stored_cells`).
Nothing that is computed from exact sums depends on where one block ends and the next begins.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Float64

from tasks.som.samples import growth

BLOCK = 1 << 16
"""Samples a block."""

Block = Float[np.ndarray, "row feature"]


@runtime_checkable
class Source(Protocol):
    """Samples that can be gone through again and again."""

    @property
    def rows(self) -> int:
        """Return the number of samples."""
        ...

    @property
    def features(self) -> int:
        """Return the number of features of a sample."""
        ...

    def blocks(self, share: float = 1.0) -> Iterator[Block]:
        """Yield the samples of `share` (see `growth`), in order; at least one block, which may be
        empty.
        """
        ...


@dataclass(frozen=True)
class Table:
    """An array of samples: NumPy's, memory-mapped, Zarr's, or CuPy's with `xp`.

    Zarr arrays are read chunk by chunk, one block ahead of the computation.
    """

    array: Any
    block: int = BLOCK
    xp: ModuleType = np

    @property
    def rows(self) -> int:
        """Return the number of samples."""
        return self.array.shape[0]

    @property
    def features(self) -> int:
        """Return the number of features of a sample."""
        return self.array.shape[1]

    @cached_property
    def page(self) -> int | None:
        """Rows of a chunk; None for an array that is read as memory is."""
        chunks = getattr(self.array, "chunks", None)
        return chunks[0] if chunks else None

    def blocks(self, share: float = 1.0) -> Iterator[Block]:
        """Yield the samples of `share`, in order."""
        if self.page is None:
            yield from self._slices(share)
        else:
            yield from prefetched(regrouped(self._pages(self.page, share), self.block))

    def _slices(self, share: float) -> Iterator[Block]:
        for start in range(0, max(self.rows, 1), self.block):
            part = self.array[start : start + self.block]
            if share < 1:
                kept = growth.chosen(start, start + len(part), share)
                part = part[self.xp.asarray(np.flatnonzero(kept))]
            yield part

    def _pages(self, page: int, share: float) -> Iterator[Block]:
        count = -(-self.rows // page)
        spread = growth.split(share, count)
        for number in np.flatnonzero(growth.chosen(0, count, spread.pages)).tolist():
            part = np.asarray(self.array[number * page : (number + 1) * page])
            yield within(part, number * page, spread.rows)


@dataclass(frozen=True)
class Mapped:
    """Another source's samples, each block changed by a function of its rows alone."""

    source: Source
    change: Callable[[Block], Block]

    @property
    def rows(self) -> int:
        """Return the number of samples."""
        return self.source.rows

    @property
    def features(self) -> int:
        """Return the number of features of a sample."""
        return self.source.features

    def blocks(self, share: float = 1.0) -> Iterator[Block]:
        """Yield the changed samples of `share`, in order."""
        return map(self.change, self.source.blocks(share))


def of(samples: Any, *, block: int = BLOCK, xp: ModuleType = np) -> Source:
    """Return `samples` as a source: itself, or the array as a `Table` (held by `xp`'s device where
    it is no source and no Zarr array).
    """
    if isinstance(samples, Source):
        return samples
    held = samples if getattr(samples, "chunks", None) else xp.asarray(samples)
    return Table(held, block, xp)


def box(
    samples: Source,
) -> tuple[Float64[np.ndarray, " feature"], Float64[np.ndarray, " feature"]]:
    """Return the least and the greatest value of each feature."""
    lowest = np.full(samples.features, np.inf)
    highest = -lowest
    for block in samples.blocks():
        lowest = np.minimum(lowest, block.min(axis=0, initial=np.inf))
        highest = np.maximum(highest, block.max(axis=0, initial=-np.inf))
    return lowest, highest


def held(samples: Source, block: int = BLOCK) -> Table:
    """Return the same samples, read once into memory."""
    table, start = np.empty((samples.rows, samples.features), dtype=np.float32), 0
    for part in samples.blocks():
        table[start : start + len(part)] = part
        start += len(part)
    return Table(table, block)


def within(part: Block, first: int, share: float) -> Block:
    """Return those rows of `part` that belong to `share`; its first row has the number `first`."""
    if share >= 1:
        return part
    return part[growth.chosen(first, first + len(part), share)]


def regrouped(parts: Iterable[Block], rows: int) -> Iterator[Block]:
    """Yield the same rows in blocks of at most `rows`, none of which waits for more than one part
    beyond it; small parts are joined.
    """
    waiting, count = list[Block](), 0
    for part in parts:
        if waiting and count + len(part) > rows:
            yield _joined(waiting)
            waiting, count = [], 0
        while len(part) > rows:
            yield part[:rows]
            part = part[rows:]  # noqa: PLW2901 - the rest of it
        waiting.append(part)
        count += len(part)
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[Block]) -> Block:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def prefetched(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield `blocks`, the next one being read by a thread of its own while the last is used."""
    with ThreadPoolExecutor(1, thread_name_prefix="samples") as reader:
        ahead = reader.submit(next, blocks, None)
        while (block := ahead.result()) is not None:
            ahead = reader.submit(next, blocks, None)
            yield block
            del block
