"""Passes over the samples by many hands.

A pass takes a tally of the samples under the present weights (`training`). Of n hands, hand k
looks at the blocks k, k + n, k + 2n, … and tells its partial tally, as an item; these are added in
the order of k. Every sum in a tally is exact, so that the map is the same, bit for bit, for any
number of hands, and for one. A hand reads the samples by itself, once, and keeps them if they fit;
otherwise it reads all blocks in each pass and looks at its own.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice
from operator import add
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float64

from tasks.core import engine, items
from tasks.som.lattices.lattice import Lattice
from tasks.som.samples.exact_sums import Total
from tasks.som.samples.source import Source
from tasks.som.training import Tally, tallied

FILE = "tally.npz"
FEWEST = 1 << 16
"""Samples that are worth a hand."""


class Samples(Protocol):
    """Samples under a name: what a hand needs to read them by itself."""

    @property
    def key(self) -> str:
        """The name."""
        ...

    def read(self) -> Source:
        """Return the samples, standardised."""
        ...


@dataclass(frozen=True)
class Hand:
    """The blocks `number`, `number` + `of`, … of a share of the samples, to be looked at under the
    weights that an item holds.
    """

    samples: Samples
    weights: str
    lattice: Lattice
    share: float
    way: dict[str, Any]
    number: int
    of: int

    @property
    def key(self) -> str:
        """The name of the item that holds the partial tally."""
        which = self.weights, self.share, self.number, self.of
        return items.key("som: tally", self.samples.key, which)


def partial_tally(part: Hand) -> None:
    """Make the item of a hand's tally."""

    def write(folder: Path) -> None:
        data = _read(part.samples)
        nodes = np.load(items.path(part.weights) / "weights.npy", allow_pickle=False)
        nothing = np.empty((0, data.features), dtype=np.float32)
        found = reduce(
            add,
            (
                tallied(block, nodes, part.lattice, **part.way)
                for block in islice(data.blocks(part.share), part.number, None, part.of)
            ),
            tallied(nothing, nodes, part.lattice, **part.way),
        )
        numbers = found.rows, found.adjacent, found.refined
        np.savez(folder / FILE, numbers=numbers, sums=found.sums, distance=found.distance.places)

    items.produce(part.key, write)


def by_hands(samples: Samples, rows: int) -> Callable[..., Tally] | None:
    """Return what stands for `training.survey` where others can look at the samples, `rows` of
    them; None where nobody can, or they are too few to be shared out.
    """
    wanted = -(-rows // FEWEST)
    hands = min(wanted, engine.hands()) if wanted > 1 else 1
    if hands < 2:
        return None

    def survey(
        _: Source,
        weights: Float64[np.ndarray, "node feature"],
        lattice: Lattice,
        *,
        share: float = 1.0,
        tally: None = None,
        xp: ModuleType = np,
        **way: Any,
    ) -> Tally:
        key = items.key("som: weights", hashlib.sha256(weights.tobytes()).hexdigest())
        items.produce(key, lambda folder: np.save(folder / "weights.npy", weights))
        parts = [Hand(samples, key, lattice, share, way, number, hands) for number in range(hands)]
        engine.map_shards(partial_tally, parts, label="som: pass")
        return reduce(add, map(_load, parts))

    return survey


@lru_cache(maxsize=1)
def _read(samples: Samples) -> Source:
    return samples.read()


def _load(part: Hand) -> Tally:
    with np.load(items.path(part.key) / FILE, allow_pickle=False) as saved:
        rows, adjacent, refined = saved["numbers"].tolist()
        return Tally(rows, saved["sums"], Total(saved["distance"]), adjacent, refined)
