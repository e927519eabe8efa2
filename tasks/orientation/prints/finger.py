"""Fingers at random: a pattern by its share, its singular points about their usual places."""

import numpy as np

from tasks.orientation.prints.flow import KNOTS, Flow, Singular

SHARES = {"left_loop": 0.34, "right_loop": 0.31, "whorl": 0.28, "arch": 0.07}
"""Shares of the patterns in people (Maltoni et al. 2009, section 5.2), arches together."""
PLACES = {
    "left_loop": {+1: [(0.48, 0.55)], -1: [(0.78, 0.22)]},
    "right_loop": {+1: [(0.52, 0.55)], -1: [(0.22, 0.22)]},
    "whorl": {+1: [(0.5, 0.62), (0.5, 0.46)], -1: [(0.15, 0.2), (0.85, 0.2)]},
    "arch": {},
}
SCATTER, BEND = 0.04, 0.12


def draw(generator: np.random.Generator) -> Flow:
    """Return the flow of a new finger."""
    kind = str(generator.choice(list(SHARES), p=list(SHARES.values())))
    arch = float(generator.uniform(0.6, 1.6))
    points = [(sign, at) for sign, places in PLACES[kind].items() for at in places]
    return Flow(tuple(_singular(sign, at, generator) for sign, at in points), arch)


def _singular(sign: int, at: tuple[float, float], generator: np.random.Generator) -> Singular:
    x, y = generator.normal(at, SCATTER)
    bend = generator.uniform(-BEND, BEND, KNOTS)
    return Singular((float(x), float(y)), sign, tuple(bend.tolist()))
