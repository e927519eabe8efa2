"""The way to the compiled search (`fused`), where numba is at hand."""

from collections.abc import Callable
from functools import cache
from importlib import import_module

import numpy as np

from tasks.som.search import dense
from tasks.som.search.nodes import Found, slices
from tasks.som.search.pruned import Plan

SPAN = 4096
"""Samples a part: enough for the way into compiled code to cost nothing."""
FEATURES = 32
"""With more features, the compiled loops do not become vector instructions."""
HEAVY = 1e9
"""Samples x nodes x features from which on numba is asked. The first search with a number of
features compiles for seconds; the result is kept on disk.
"""


@cache
def available() -> bool:
    """Return whether numba is installed, and finds a place for what it compiles."""
    try:
        import_module("tasks.som.search.fused")
    except (ImportError, RuntimeError):
        return False
    return True


def worthwhile(samples: int, nodes: int, features: int) -> bool:
    """Return whether the compiled search is at hand and faster than NumPy's."""
    heavy = float(samples) * nodes * features >= HEAVY
    return heavy and features <= FEATURES and available()


def answer(plan: Plan) -> Callable[..., Found]:
    """Return the search over the nodes of `plan`: samples and their home tiles in (None: every
    node is measured), their units out.
    """
    from tasks.som.search import fused

    nodes, tiles = plan.nodes, plan.tiles
    pairs = np.moveaxis(plan.product.reshape(len(plan.product), -1, 2), 0, 1)
    table = (nodes.weights, tiles.nodes.reshape(-1), nodes.centre, nodes.longest)
    near = (
        np.ascontiguousarray(pairs.reshape(-1, 2 * len(plan.product))),
        np.ascontiguousarray(plan.centres.product.T),
        tiles.radius.astype(np.float32),
    )

    def found(samples: np.ndarray, home: np.ndarray | None, *, exact: bool, second: bool) -> Found:
        units = np.empty((2, len(samples)), np.int64)
        squared, unproven = np.empty(len(samples)), np.empty(len(samples), bool)
        start = np.empty(0, np.int64) if home is None else home
        rows = np.ascontiguousarray(samples)
        out = (units[0], units[1], squared, unproven)
        work = fused.search(rows, start, table, near, out, (0.0,) * samples.shape[1])
        left = np.flatnonzero(unproven) if exact else np.empty(0, np.int64)
        for part in slices(len(left), dense.rows(len(nodes.weights))):
            where = left[part]
            again = dense.answer(rows[where], nodes, exact=True, second=second)
            units[0, where], units[1, where] = again.best, again.second
            squared[where] = again.squared
        if not second:
            units[1] = -1
        return Found(units[0], units[1], squared, len(left), work)

    return found
