"""How the learning rate r goes over the T steps of a training, by name; each rises linearly over w
steps first.

    falling     r, then linearly to nothing over the last 40 %      (`tasks.base.schedule`)
    cosine      r · ½ (1 + cos(π (k − w)/(T − w)))
    constant    r
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tasks.base import schedule
from tasks.base.training import Rates


@dataclass(frozen=True)
class Shaped:
    """The rate r times `shape`, a function of the share of the steps after the warm-up."""

    rate: float
    warm_up: int
    total: int
    shape: Callable[[float], float]

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step`, counted from 0."""
        share = max(0, step - self.warm_up) / max(1, self.total - self.warm_up)
        return self.rate * min(1.0, (step + 1) / max(1, self.warm_up)) * self.shape(share)


SHAPES: dict[str, Callable[[float], float]] = {
    "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,
    "constant": lambda share: 1.0,
}


def over(name: str, total: int, *, rate: float, warm_up: int) -> Rates:
    """Return the schedule `name` of `total` steps.

    >>> [round(over("cosine", 5, rate=1.0, warm_up=1)(step), 2) for step in range(5)]
    [1.0, 1.0, 0.85, 0.5, 0.15]
    """
    if name == "falling":
        return schedule.over(total, rate=rate, warm_up=warm_up)
    return Shaped(rate, warm_up, total, SHAPES[name])
