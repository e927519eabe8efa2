"""Which cells the map is trained on, and how they are read.

All cells of the pictures of one split, in reading order, are numbered through; a subset without
repetition is drawn when there are more than wanted. Only numbers are drawn; the cells are then
read from the store a few pictures at a time, as often as they are asked for.

From a population too large to be shuffled, the number of drawn cells in each part of it is drawn
first (they follow the multivariate hypergeometric distribution), then the cells of each part: the
same distribution as one draw from the whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from tasks.som.samples import growth
from tasks.som.samples.source import Block, prefetched, regrouped, within

PART = 1 << 22
"""Cells that are drawn from at once."""

Read = Callable[[int, int], Float32[np.ndarray, "picture rows cols feature"]]
"""Return the features of the pictures from a first to before a last."""


def draw(total: int, wanted: int, generator: np.random.Generator) -> Int64[np.ndarray, " sample"]:
    """Return `wanted` (<= `total`) different numbers below `total`, ascending."""
    sizes = np.diff(np.append(np.arange(0, total, PART), total))
    counts = (
        generator.multivariate_hypergeometric(sizes, wanted, method="marginals")
        if len(sizes) > 1
        else [wanted]
    )
    parts = [
        np.sort(generator.choice(int(size), int(count), replace=False, shuffle=False))
        for size, count in zip(sizes, counts, strict=True)
    ]
    return np.concatenate([part + number * PART for number, part in enumerate(parts)])


@dataclass(frozen=True)
class StoredCells:
    """The chosen cells of a store as a source of samples.

    Cell k is cell k mod `cells` of the picture `pictures[k // cells]`; `pictures` ascends. `drawn`
    holds the numbers of the chosen cells, ascending, or is None where all are. `page` pictures are
    read at once (a chunk of the store), and one block ahead.
    """

    read: Read
    pictures: Int64[np.ndarray, " chosen"]
    drawn: Int64[np.ndarray, " sample"] | None
    cells: int
    features: int
    page: int
    block: int

    @property
    def rows(self) -> int:
        """Return the number of chosen cells."""
        return len(self.pictures) * self.cells if self.drawn is None else len(self.drawn)

    def blocks(self, share: float = 1.0) -> Iterator[Block]:
        """Yield the chosen cells of `share`, in order."""
        yield from prefetched(regrouped(self._pages(share), self.block))

    def _pages(self, share: float) -> Iterator[Block]:
        pages, first = np.unique(self.pictures // self.page, return_index=True)
        bounds = [*first.tolist(), len(self.pictures)]
        spread = growth.split(share, len(pages))
        for number in np.flatnonzero(growth.chosen(0, len(pages), spread.pages)).tolist():
            yield from self._page(
                int(pages[number]) * self.page, bounds[number], bounds[number + 1], spread.rows
            )

    def _page(self, start: int, first: int, last: int, share: float) -> Iterator[Block]:
        """Yield the cells of the pictures numbered `first` to before `last` among the chosen,
        which lie in the page of the store that begins at picture `start`.
        """
        if self.drawn is None:
            place, inside = first * self.cells, None
        else:
            place, end = np.searchsorted(self.drawn, [first * self.cells, last * self.cells])
            inside = self.drawn[place:end] - first * self.cells
            if not len(inside):
                return
        values = self.read(start, start + self.page)
        wanted = self.pictures[first:last] - start
        if len(wanted) < len(values):
            values = values[wanted]
        table = values.reshape(-1, self.features)
        yield within(table if inside is None else table[inside], int(place), share)
