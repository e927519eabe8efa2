r"""Schedules: how the axis of τ is cut into steps.

The paper's variances rise linearly, Δτₖ ∝ q + (1 − q) k/(T − 1) for k = 0 … T − 1, from the share
q of the last one. With the number of steps T and the end τ_T = Σ Δτ as two independent choices,
its image schedules are

    T = 100:  q = 1/1000, τ_T = 5.005;      T = 300:  q = 1/700, τ_T = 10.515;
    T = 1000: q = 1/150,  τ_T = 7.55.

Samplers take other times: `even` ones in the angle u of the line's clock, cos u = e^(−τ/2)
(`tasks.orientation.circle.line`). Near the picture u is √τ, on which a score grows as 1/√τ; far
from it, where next to nothing happens, u has all but stopped. The step to 0 is Tweedie's, which
draws together what is finer than √τ: hence a least τ that does not depend on the number of steps.

How long is long enough: what is left of a picture's mean falls as exp(−0.466 τ) at r = 0.3 and
γ = 1.5, so τ_T ≥ 10 leaves under one per cent; the paper's 5.005 leaves ten.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float64

from tasks.orientation.circle import line


@dataclass(frozen=True)
class Schedule:
    """`steps` steps up to `end`, the first of `first` times the last one's variance."""

    steps: int
    end: float
    first: float

    def __post_init__(self) -> None:
        if self.steps < 2:
            raise ValueError(f"steps is {self.steps}; a schedule has at least 2")
        if self.end <= 0 or not 0 < self.first <= 1:
            raise ValueError(
                f"end is {self.end} and first is {self.first}; "
                "they must be above 0, and first at most 1"
            )

    @cached_property
    def lengths(self) -> Float64[np.ndarray, " step"]:
        """Δτ of every step, which is the variance of its noise."""
        rising = np.linspace(self.first, 1, self.steps)
        return self.end / rising.sum() * rising

    @cached_property
    def times(self) -> Float64[np.ndarray, " edge"]:
        """τ before the first and after every step: T + 1 values from 0 to `end`."""
        return np.concatenate([[0.0], np.cumsum(self.lengths)])


def even(steps: int, first: float, last: float) -> Float64[np.ndarray, " edge"]:
    """Return `steps` + 1 times from `first` to `last`, even in angle.

    >>> even(2, 0.0, 10.0).round(2).tolist()
    [0.0, 0.68, 10.0]
    """
    low, high = line.angle(np.array([first, last]))
    angles = np.linspace(low, high, steps + 1)
    return np.concatenate([[first], -2 * np.log(np.cos(angles[1:-1])), [last]])


def thinned(schedule: Schedule, steps: int) -> Float64[np.ndarray, " edge"]:
    """Return `steps` + 1 of the schedule's own times, evenly chosen, both ends among them.

    Raises:
        ValueError: the schedule has fewer steps.
    """
    if not 1 <= steps <= schedule.steps:
        raise ValueError(f"steps is {steps}; the schedule has {schedule.steps}")
    chosen = np.linspace(0, schedule.steps, steps + 1).round().astype(int)
    return schedule.times[chosen]
