"""Training on few samples first.

Early epochs lay the map out; a small share of the samples tells them as much as all. The share
grows by the same factor from epoch to epoch,

    p_e = p_0^(1 - e / (E - 1)),      e = 0 ... E - 1,      p_0 = 1/32 (of 4096 samples at least),

so that the last epoch sees every sample and ten epochs cost as much as 3.06 whole ones.

Which samples make up a share is decided by their numbers alone, without chance: sample i belongs
to the share p if

    frac(i φ) < p,      φ = (√5 - 1) / 2.

By the three-distance theorem the multiples of the golden section fill the unit interval evenly,
over any run of samples and over every k-th of them alike: no period in the data (the rows of a
picture, say) can fall in step with the choice. A smaller share is part of a larger one. In 32 bits
φ is the integer 2654435769, of Fibonacci hashing (Knuth, The Art of Computer Programming 3, §6.4).

A source that is read in pages (chunks of a store) skips pages by the same rule, applied to the
pages' numbers, as long as at least 64 of them remain; the rest of the share is then chosen within
the pages that are read. Few pages would be few places: neighbours in a store resemble each other.
"""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool

FIRST = 1 / 32
FEWEST = 4096
"""Samples of the first epoch, at least."""
PAGES = 64
"""Pages that a share is spread over, at least."""
GOLDEN = np.uint64(2654435769)
WORD = 32

Schedule = Literal["full", "grow"]


class Share(NamedTuple):
    """Shares of the pages, and of the samples in each of these."""

    pages: float
    rows: float


def shares(schedule: Schedule, epochs: int, rows: int) -> tuple[float, ...]:
    """Return the share of `rows` samples (> 0) for each epoch.

    >>> shares("grow", 6, 10**6)
    (0.03125, 0.0625, 0.125, 0.25, 0.5, 1.0)
    """
    first = min(1.0, max(FIRST, FEWEST / rows))
    if schedule == "full" or epochs == 1:
        first = 1.0
    return tuple(first ** (1 - epoch / max(epochs - 1, 1)) for epoch in range(epochs))


def split(share: float, pages: int) -> Share:
    """Return how a share of the samples in `pages` pages is divided between pages and rows."""
    of_pages = min(1.0, max(share, PAGES / pages))
    return Share(of_pages, share / of_pages)


def chosen(start: int, stop: int, share: float) -> Bool[np.ndarray, " number"]:
    """Return which of the numbers from `start` to before `stop` belong to `share` in [0, 1]."""
    number = np.arange(start, stop, dtype=np.uint64)
    return (number * GOLDEN) % np.uint64(2**WORD) < np.uint64(round(share * 2**WORD))
