"""Best matching units: for each sample, the nearest node and the second nearest.

The exact answer is defined by double precision alone: the node of the least |x - w|² = Σ_f
(x_f - w_f)², f in order, and the lowest index among equals. Searches get there by different ways
and agree bit for bit, whatever the method, the blocks, the threads or the device:

dense      every sample against every node, as matrix products in single precision (`dense`);
pruned     only nodes that may be nearest, by tiles of the lattice (`pruned`);
compiled   either of them without storing scores, where numba is at hand (`compiled`);
device     on a GPU (`device`).

Single precision proposes; where it cannot tell the two best nodes from the others by the proven
bound of `rounding`, double precision decides.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from types import ModuleType
from typing import Any, Literal, NamedTuple, TypedDict

import numpy as np
from jaxtyping import Float32, Float64, Int64
from threadpoolctl import threadpool_limits

from tasks.core.backend import to_numpy
from tasks.som.search import compiled, dense, device, pruned
from tasks.som.search.nodes import Found, Nodes, slices

Method = Literal["auto", "dense", "pruned"]
Part = tuple[Any, np.ndarray | None]
"""Which samples, and their home tiles (None: measured against every node)."""
Answer = Callable[..., Found]
"""Samples and their home tiles in, their units out."""

PAYS = {False: 4096, True: 2048}
"""Nodes from which on pruning pays, by whether the search is compiled."""
WORTH = 0.5
"""The share of the dense work above which `auto` goes on without pruning."""
TRIAL = 8
"""That share is measured on one part in so many."""


class Way(TypedDict, total=False):
    """How units are searched: options of `search` that are handed down to it."""

    exact: bool
    chunk: int | None
    method: Method
    threads: int
    jit: bool | None


class Match(NamedTuple):
    """Of each sample: nearest node, second nearest (-1: not wanted, or a map of one node) and
    distance to the nearest; and the share of samples that double precision had to decide, which
    depends on the method.
    """

    best: Int64[np.ndarray, " sample"]
    second: Int64[np.ndarray, " sample"]
    distance: Float64[np.ndarray, " sample"]
    refined: float


def search(
    samples: Float32[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
    *,
    exact: bool = True,
    chunk: int | None = None,
    method: Method = "auto",
    threads: int = 1,
    shape: tuple[int, int] | None = None,
    second: bool = True,
    jit: bool | None = None,
    xp: ModuleType = np,
) -> Match:
    """Return the best matching units of every sample, as arrays of the namespace `xp` (NumPy or
    CuPy, like the inputs).

    `exact` decides near ties in double precision. `second` = False leaves out the second nearest
    node, which costs a pass over the scores. `chunk` is the number of samples at a time, by
    default what the cache holds. `shape` = (rows, columns) of the lattice tells `pruned` which
    nodes stand together. `jit` compiles the search, by default where numba is at hand and there
    is much to do.

    Raises:
        ValueError: `method` is unknown, or `shape` has another number of nodes.
    """
    if method not in ("auto", "dense", "pruned"):
        raise ValueError(f"method is {method!r}; expected auto, dense or pruned")
    count, features = nodes.shape
    if shape is not None and shape[0] * shape[1] != count:
        raise ValueError(f"shape is {shape}; the nodes are {count}")
    fast = compiled.worthwhile(len(samples), count, features) if jit is None and xp is np else jit
    prune = method == "pruned" or (method == "auto" and count >= PAYS[bool(fast)])
    if xp is not np:
        wanted = {"exact": exact, "chunk": chunk, "second": second}
        return Match(*device.search(samples, nodes, **wanted, prune=prune, shape=shape, xp=xp))
    plan = pruned.Plan.of(Nodes.of(nodes), shape)
    answer = compiled.answer(plan) if fast else _plain(plan)
    rows = chunk or (compiled.SPAN if fast else dense.rows(count))
    task = _Task(samples, partial(answer, exact=exact, second=second), threads)
    with threadpool_limits(1, user_api="blas") if threads > 1 else nullcontext():
        if not prune:
            task.run([(part, None) for part in slices(len(samples), rows)])
        else:
            parts = pruned.parts(samples, plan, chunk, ragged=not fast)
            task.run_pruned(parts, rows, WORTH * count if method == "auto" else np.inf)
    return Match(
        task.best, task.second, np.sqrt(task.squared), task.refined / max(len(samples), 1)
    )


def on_host(match: Match) -> Match:
    """Return `match` with its arrays in the host's memory."""
    best, second, distance, refined = match
    return Match(to_numpy(best), to_numpy(second), to_numpy(distance), refined)


def _plain(plan: pruned.Plan) -> Answer:
    """Return the search by NumPy."""

    def answer(samples: np.ndarray, home: np.ndarray | None, **wanted: bool) -> Found:
        if home is None:
            return dense.answer(samples, plan.nodes, **wanted)
        return pruned.answer(samples, int(home[0]), plan, **wanted)

    return answer


class _Task:
    """The answers, filled in part by part; none depends on another."""

    def __init__(self, samples: np.ndarray, answer: Answer, threads: int) -> None:
        self.samples, self.answer, self.threads = samples, answer, threads
        self.best, self.second = np.empty((2, len(samples)), np.int64)
        self.squared = np.empty(len(samples))
        self.refined = 0

    def run(self, parts: Sequence[Part]) -> float:
        """Search every part; return the mean number of nodes a sample was measured against."""
        with ThreadPoolExecutor(self.threads) as pool:
            found = list((map if self.threads == 1 else pool.map)(self._search, parts))
        self.refined += sum(refined for refined, _, _ in found)
        return sum(work for _, work, _ in found) / max(sum(count for _, _, count in found), 1)

    def run_pruned(self, parts: Sequence[Part], rows: int, limit: float) -> None:
        """Search every part by tiles; where a trial needs more than `limit` nodes a sample, search
        the others without.
        """
        others = [part for number, part in enumerate(parts) if number % TRIAL]
        if self.run(parts[::TRIAL]) > limit and others:
            left = np.concatenate([where for where, _ in others])
            others = [(left[part], None) for part in slices(len(left), rows)]
        self.run(others)

    def _search(self, part: Part) -> tuple[int, float, int]:
        where, home = part
        found = self.answer(self.samples[where], home)
        self.best[where], self.second[where] = found.best, found.second
        self.squared[where] = found.squared
        return found.refined, found.work, len(found.best)
