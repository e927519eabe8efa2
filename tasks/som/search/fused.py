"""The search compiled by numba: scores are never stored, and tiles out of reach are skipped.

A block of BLOCK samples lies feature by feature, so that the innermost loops run over samples and
become vector instructions; `width`, a tuple with an element a feature, tells the compiler their
number. Nodes come in pairs, two of a tile (`tiles`), a pair's score being its lower one. Of each
sample the three best pairs and the fourth's score remain. Double precision then measures the six
nodes of those three pairs: d₁ and d₂ are the distances of the nearest two, F that of the farthest.
Every score that matters errs by at most ε = ε(x, min(W, |x| + F)) (`rounding`), so that

    fourth - first > ½(d₂² - d₁²) + 2ε

proves that no other pair holds one of the two nearest nodes: the nearest scores at most
`first` + ε, the second ½(d₂² - d₁²) more, all others at least `fourth` - ε. A sample without
that proof is left to `dense`. With two pairs instead of three there were four to ten times as
many.

A tile is skipped as in `pruned`, D coming from the two best pairs so far. Only scores may fuse
products and sums, which ε covers; double precision is compiled without such liberties.
"""

from typing import Any

import numba as nb  # pyright: ignore[reportMissingImports]
import numpy as np

from tasks.som.search.rounding import DOUBLE, SINGLE
from tasks.som.search.tiles import SIZE

BLOCK, PAIRS = 256, SIZE // 2
"""Samples a block, and pairs a tile."""
WIDENING = np.float32(1.0 + 2.0**-20)
"""More than a few roundings to single precision."""
fast = nb.njit(fastmath={"contract", "nnan", "nsz"}, nogil=True, error_model="numpy", cache=True)
strict = nb.njit(nogil=True, error_model="numpy", cache=True)
FIRST, SECOND, THIRD, FOURTH, NAME1, NAME2, NAME3, REACH, LOW, HIGH, ROWS = (
    BLOCK * row for row in range(11)
)
"""Where a block's state keeps lowest scores, their pairs, D, and |x|² less and plus the slack."""


@fast
def _visit(x: Any, pair: Any, state: Any, number: int, width: Any) -> None:
    """Keep a pair's lower score where it is among a sample's four lowest."""
    name, n = np.float32(number), len(width)
    for s in range(BLOCK):
        low = np.float32(np.inf)
        for k in range(2):
            score = pair[2 * n + k]
            for f in range(n):
                score += x[f * BLOCK + s] * pair[2 * f + k]
            low = min(low, score)
        first, second, third = state[FIRST + s], state[SECOND + s], state[THIRD + s]
        name1, name2, name3 = state[NAME1 + s], state[NAME2 + s], state[NAME3 + s]
        state[FOURTH + s] = min(state[FOURTH + s], max(third, low))
        state[THIRD + s] = min(third, max(second, low))
        state[SECOND + s] = min(second, max(first, low))
        state[FIRST + s] = min(first, low)
        state[NAME3 + s] = name2 if low < second else (name if low < third else name3)
        state[NAME2 + s] = name1 if low < first else (name if low < second else name2)
        state[NAME1 + s] = name if low < first else name1


@fast
def _narrow(state: Any) -> Any:
    """Set D of each sample; return the largest."""
    largest = np.float32(0.0)
    for s in range(BLOCK):
        squared = max(state[HIGH + s] + np.float32(2.0) * state[SECOND + s], np.float32(0.0))
        state[REACH + s] = np.sqrt(squared)
        largest = max(largest, state[REACH + s])
    return largest


@fast
def _touches(x: Any, centre: Any, radius: float, state: Any, width: Any) -> bool:
    """Return whether a tile may hold a unit of any sample: |x - C| <= D + R."""
    touching, n = 0, len(width)
    for s in range(BLOCK):
        score = centre[n]
        for f in range(n):
            score += x[f * BLOCK + s] * centre[f]
        reach = (state[REACH + s] + radius) * WIDENING
        touching += state[LOW + s] + np.float32(2.0) * score <= reach * reach
    return touching > 0


@strict
def _enter(samples: Any, centre: Any, longest: float, block: Any, width: Any) -> None:
    """Fill the block and its state; places without a sample touch nothing."""
    n, (x, state) = len(width), block
    x[:], state[:] = 0.0, np.inf
    state[NAME1:REACH], state[HIGH:ROWS] = -1.0, -np.inf
    for s in range(len(samples)):
        square = 0.0
        for f in range(n):
            value = samples[s, f] - centre[f]
            x[f * BLOCK + s] = value
            square += np.float64(value) * np.float64(value)
        single = SINGLE * (np.sqrt(square) * longest + 0.5 * longest**2 + 0.5 * square)
        double = DOUBLE * (np.sqrt(square) + longest) ** 2
        slack = 6.0 * (n + 5) * (single + double)
        state[LOW + s], state[HIGH + s] = square - slack, square + slack


@strict
def _ball(x: Any, state: Any, count: int, middle: Any, width: Any) -> float:
    """Set the middle of a block's samples; return its radius, widened by the slack."""
    spread = slack = 0.0
    for f in range(len(width)):
        middle[f] = x[f * BLOCK : f * BLOCK + count].mean()
    for s in range(count):
        square = 0.0
        for f in range(len(width)):
            square += (x[f * BLOCK + s] - middle[f]) ** 2
        spread = max(spread, square)
        slack = max(slack, state[HIGH + s] - state[LOW + s])
    return np.sqrt(spread) + np.sqrt(slack)


@strict
def _visit_tile(x: Any, pairs: Any, state: Any, tile: int, width: Any) -> None:
    for pair in range(tile * PAIRS, (tile + 1) * PAIRS):
        _visit(x, pairs[pair], state, pair, width)


@strict
def _visit_near(x: Any, state: Any, home: Any, plan: Any, width: Any) -> Any:
    """Visit the home tiles, then every tile in reach; return how many were visited."""
    pairs, centres, radius = plan
    seen = np.zeros(len(radius), dtype=np.bool_)
    for tile in home:
        if not seen[tile]:
            seen[tile] = True
            _visit_tile(x, pairs, state, tile, width)
    visited = np.count_nonzero(seen)
    reach = _narrow(state)
    middle = np.empty(len(width))
    ball = _ball(x, state, len(home), middle, width)
    for tile in range(len(radius)):
        square = 0.0
        for f in range(len(width)):
            square += (centres[tile, f] + middle[f]) ** 2
        if seen[tile] or np.sqrt(square) > (reach + radius[tile] + ball) * WIDENING:
            continue
        if _touches(x, centres[tile], radius[tile], state, width):
            visited += 1
            _visit_tile(x, pairs, state, tile, width)
            reach = _narrow(state)
    return visited


@strict
def _measure(sample: Any, weights: Any, names: Any, pairs: Any, width: Any) -> Any:
    """Return the nearest and second nearest node of some pairs, and the squared distances of both
    and of the farthest.
    """
    best = next_best = -1
    nearest = next_nearest = np.inf
    farthest = 0.0
    for number in range(2 * len(pairs)):
        place = 2 * pairs[number // 2] + number % 2
        node = names[place] if place >= 0 else -1
        if node < 0:
            continue
        square = 0.0
        for f in range(len(width)):
            difference = np.float64(sample[f]) - weights[node, f]
            square += difference * difference
        farthest = max(farthest, square)
        if square < nearest or (square == nearest and node < best):
            next_best, next_nearest, best, nearest = best, nearest, node, square
        elif square < next_nearest or (square == next_nearest and node < next_best):
            next_best, next_nearest = node, square
    return best, next_best, nearest, next_nearest, farthest


@strict
def _unproven(state: Any, s: int, found: Any, longest: float, width: Any) -> bool:
    """Return whether a fourth pair may hold one of the two nearest nodes that `_measure` found."""
    _, _, nearest, next_nearest, farthest = found
    square = 0.5 * (np.float64(state[LOW + s]) + np.float64(state[HIGH + s]))
    length = np.sqrt(max(square, 0.0)) * WIDENING
    bound = min(longest, length + np.sqrt(farthest) * WIDENING)
    single = SINGLE * (length * bound + 0.5 * bound**2)
    error = (len(width) + 5) * (single + DOUBLE * (length + longest) ** 2)
    gap = np.float64(state[FOURTH + s]) - np.float64(state[FIRST + s])
    return gap <= 0.5 * (next_nearest - nearest) + 2.0 * error


@strict
def search(samples: Any, home: Any, nodes: Any, plan: Any, out: Any, width: Any) -> int:  # noqa: PLR0917
    """Fill `out`, best, second, squared distance and `unproven` of each sample; return the number
    of nodes that samples were measured against, added up.

    `nodes` are weights, names in the order of the tiles, centre and length of the longest; `plan`
    is the pairs, the tiles' centres and radii. Without `home` (no elements) every tile is visited.
    """
    weights, names, centre, longest = nodes
    best, second, squared, unproven = out
    x = np.empty(BLOCK * len(width), dtype=np.float32)
    state = np.empty(ROWS, dtype=np.float32)
    work = 0
    for start in range(0, len(samples), BLOCK):
        part = samples[start : start + BLOCK]
        _enter(part, centre, longest, (x, state), width)
        tiles = len(plan[2])
        if len(home):
            tiles = _visit_near(x, state, home[start : start + BLOCK], plan, width)
        else:
            for tile in range(tiles):
                _visit_tile(x, plan[0], state, tile, width)
        work += tiles * SIZE * len(part)
        for s in range(len(part)):
            near = int(state[NAME1 + s]), int(state[NAME2 + s]), int(state[NAME3 + s])
            found = _measure(part[s], weights, names, near, width)
            best[start + s], second[start + s], squared[start + s] = found[:3]
            unproven[start + s] = _unproven(state, s, found, longest, width)
    return work
