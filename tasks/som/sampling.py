"""Which cells the map is trained on.

All cells of the pictures of one split, in reading order, are numbered through; a subset without
repetition is drawn when there are more than wanted. Only the numbers are drawn here, so that a
store's slabs can then be read one at a time.
"""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float32, Int64

Read = Callable[[int, int], Float32[np.ndarray, "picture rows cols feature"]]
"""Return the features of the pictures from a first to before a last."""


def draw(total: int, wanted: int, generator: np.random.Generator) -> Int64[np.ndarray, " sample"]:
    """Return `wanted` different numbers below `total`, ascending; all of them where there are no
    more.
    """
    if total <= wanted:
        return np.arange(total)
    return np.sort(generator.choice(total, wanted, replace=False, shuffle=False))


def gather(
    read: Read,
    pictures: Int64[np.ndarray, " chosen"],
    chosen: Int64[np.ndarray, " sample"],
    cells: int,
    *,
    slab: int,
) -> Iterator[Float32[np.ndarray, "part feature"]]:
    """Yield the features of the `chosen` cells, slab by slab of `slab` pictures of the store.

    Cell k is cell k mod `cells` of the picture `pictures[k // cells]`; `pictures` ascends.
    """
    picture, cell = pictures[chosen // cells], chosen % cells
    for number in np.unique(picture // slab):
        here = picture // slab == number
        start = int(number) * slab
        values = read(start, start + slab)
        table = values.reshape(len(values), cells, -1)
        yield table[picture[here] - start, cell[here]]
