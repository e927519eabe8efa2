"""The view `grid`: a map of one picture alone, shown as it is.

The map is trained on the cells of one picture, with the position of each cell among its features.
Weighted strongly enough, position keeps the map laid out as the picture is, while the other
features draw nodes to where much happens: a picture of the picture in which each node shows the
colour of its prototype. Node (i, j) begins at the cell that lies where the node lies,

    w(i, j) = x(⌊(i + ½) R / rows⌋, ⌊(j + ½) C / cols⌋),      R x C the numbers of cells,

so that the view stands upright; the neighbourhood then narrows from an eighth of the longer side
to a third of a node.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64, Int64, UInt8

from tasks.features.extract import Extraction
from tasks.impressions import srgb
from tasks.som.decays.decay import Exponential, schedule
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples import fixed_point, standardisation
from tasks.som.training import train

FIRST_SIGMA = 1 / 8
"""Width of the first neighbourhood as a share of the longer side."""

LAST_SIGMA = 0.35
"""Width of the last neighbourhood, in nodes."""


def with_position(choices: Sequence[Mapping[str, Any]], weight: float) -> list[dict[str, Any]]:
    """Return the choices of extractors, the position among them with `weight`."""
    others = [dict(choice) for choice in choices if choice["name"] != "position"]
    return [*others, {"name": "position", "weight": weight}]


def view(
    extraction: Extraction, shape: tuple[int, int], epochs: int
) -> UInt8[np.ndarray, "row col 3"]:
    """Return the map of the only picture in `extraction`, `shape` = (rows, columns) nodes, as an
    sRGB picture.
    """
    lattice = Rect(*shape)
    cells = extraction.values[0]
    scale = standardisation.fit(cells.reshape(-1, cells.shape[-1]), extraction.weights)
    samples = fixed_point.samples(scale.apply(cells.reshape(-1, cells.shape[-1])))
    weights = samples[_start(cells, shape)].astype(np.float64)
    sigmas = schedule(Exponential(), max(FIRST_SIGMA * max(shape), LAST_SIGMA), LAST_SIGMA, epochs)
    for epoch in train(samples, weights, lattice, Gaussian(), sigmas):
        weights = epoch.weights
    return _render(scale.undo(weights), extraction.names, shape)


def _start(
    cells: Float32[np.ndarray, "row col feature"], shape: tuple[int, int]
) -> Int64[np.ndarray, " node"]:
    """Return the index of the cell at which each node begins."""
    row, col = (
        ((np.arange(nodes) + 0.5) * count / nodes).astype(np.int64)
        for nodes, count in zip(shape, cells.shape[:2], strict=True)
    )
    return (row[:, None] * cells.shape[1] + col[None, :]).ravel()


def _render(
    weights: Float64[np.ndarray, "node feature"], names: Sequence[str], shape: tuple[int, int]
) -> UInt8[np.ndarray, "row col 3"]:
    lightness, a, b = (weights[:, names.index(name)] for name in ("L", "a", "b"))
    colours = srgb.from_lab(lightness, a, b).reshape(*shape, 3)
    return np.rint(255 * colours).astype(np.uint8)
