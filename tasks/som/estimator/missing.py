"""Samples with missing values.

A sample x with the mask m (1 where a value is known) is measured over its known features,

    |x - w|²_m = Σ_f m_f (x_f - w_f)² = Σ_f m_f x_f² + [m x, m] · [-2w, w²],

one product of inner dimension 2n for a chunk of samples. The distance that is reported is
√(n / Σ m) |x - w|_m, as if the unknown features differed as the known ones do on average. Where
nothing is missing, sample by sample, the search is the plain one, bit for bit.

Products are double precision; nodes whose scores tie within the rounding of a product of 2n + 1
terms are measured again in a fixed order, and the lowest index wins a tie. A sample without any
value has no unit, -1, and moves none. The batch rule's numbers of samples are one a feature:
N_jf counts the samples of node j that have a value of feature f.
"""

from types import ModuleType
from typing import Any, Unpack

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from tasks.som.estimator.stochastic import Sums
from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import source
from tasks.som.samples.exact_sums import total
from tasks.som.search.best_matching_units import Match, Way, search
from tasks.som.search.rounding import squared_distance
from tasks.som.training import Tally

SCORES = 1 << 20
"""Bytes of scores a chunk."""
ROUNDING = 2.0**-52


def match(
    samples: Float32[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
    **way: Unpack[Way],
) -> Match:
    """Return the two best matching units of samples whose NaN are missing values; -1 and NaN for
    those without any value.
    """
    known = ~np.isnan(samples)
    complete, empty = known.all(axis=1), ~known.any(axis=1)
    best = np.full(len(samples), -1, dtype=np.int64)
    second, distance = best.copy(), np.full(len(samples), np.nan)
    whole = search(samples[complete], nodes, **way)
    best[complete], second[complete], distance[complete] = whole[:3]
    rows = way.get("chunk") or max(1, SCORES // (8 * len(nodes)))
    part = np.flatnonzero(~complete & ~empty)
    for start in range(0, len(part), rows):
        here = part[start : start + rows]
        best[here], second[here], distance[here] = nearest(samples[here], known[here], nodes)
    return Match(best, second, distance, whole.refined * complete.mean() if len(samples) else 0.0)


def sums(
    samples: Float32[np.ndarray, "sample feature"], best: Int64[np.ndarray, " sample"], nodes: int
) -> Sums:
    """Return the numbers of known values of each feature, then their sums."""
    counts, values = [], []
    for column in samples.T:
        here = ~np.isnan(column) & (best >= 0)
        counts.append(np.bincount(best[here], minlength=nodes))
        values.append(np.bincount(best[here], weights=column[here], minlength=nodes))
    return np.stack([*counts, *values], axis=1).astype(np.float64)


def tallied(
    block: Float32[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
    lattice: Lattice,
    *,
    xp: ModuleType = np,
    **way: Unpack[Way],
) -> Tally:
    """Return the tally of one block, as `training.tallied` does; samples without a unit are left
    out.
    """
    found = match(block, nodes, **way)
    here = found.best >= 0
    beside = lattice.adjacent(found.best[here], found.second[here])
    return Tally(
        int(np.count_nonzero(here)),
        sums(block, found.best, len(nodes)),
        total(found.distance[here, None]),
        int(np.count_nonzero(beside)),
        round(found.refined * len(block)),
    )


def filled(samples: source.Source) -> source.Source:
    """Return the samples with the mean of a feature's known values in place of missing ones: what
    a start is made from.
    """
    count, total = np.zeros(samples.features), np.zeros(samples.features)
    for block in samples.blocks():
        known = ~np.isnan(block)
        count += known.sum(axis=0)
        total += np.where(known, block, 0.0).sum(axis=0, dtype=np.float64)
    mean = (total / np.maximum(count, 1)).astype(np.float32)
    return source.Mapped(samples, lambda block: np.where(np.isnan(block), mean, block))


def nearest(
    samples: Float[np.ndarray, "sample feature"],
    known: Bool[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
) -> tuple[Any, Any, Any]:
    """Return first and second unit and the distance of samples with some values."""
    values = np.where(known, samples, 0.0).astype(np.float64)
    masked = np.concatenate([values, known], axis=1)
    scores = masked @ np.concatenate([-2 * nodes, nodes**2], axis=1).T
    if len(nodes) == 1:
        best, second = np.zeros(len(samples), np.int64), np.full(len(samples), -1)
    else:
        best, second = _decided(scores, values, known, nodes)
    apart = np.where(known, values - nodes[best], 0.0)
    squared = squared_distance(np, apart, np.zeros_like(apart))
    return best, second, np.sqrt(squared * known.shape[1] / known.sum(axis=1))


def _decided(
    scores: Float64[np.ndarray, "sample node"],
    values: Float64[np.ndarray, "sample feature"],
    known: Bool[np.ndarray, "sample feature"],
    nodes: Float64[np.ndarray, "node feature"],
) -> tuple[Any, Any]:
    """Return the two lowest of each row, near ties measured again."""
    length = np.abs(values).sum(axis=1) + np.abs(nodes).sum(axis=1).max()
    reach = 4 * (values.shape[1] + 1) * ROUNDING * length**2
    higher = np.partition(scores, 1, axis=1)[:, 1]
    sample, node = np.nonzero(scores <= (higher + reach)[:, None])
    apart = np.where(known[sample], values[sample] - nodes[node], 0.0)
    squared = np.full(scores.shape, np.inf)
    squared[sample, node] = squared_distance(np, apart, np.zeros_like(apart))
    best = squared.argmin(axis=1)
    squared[np.arange(len(best)), best] = np.inf
    return best, squared.argmin(axis=1)
