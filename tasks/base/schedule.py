"""The learning rate over a training: linear warm-up, a plateau, and a linear decay to nothing.

With the rate r, the warm-up w, the decay's start d and the total T (all in steps), step
k = 0, 1, … learns at

    r · min(1, (k + 1)/w, (T − k)/(T − d)).
"""

from dataclasses import dataclass

DECAYING = 0.4


@dataclass(frozen=True)
class Schedule:
    """Rates of a training of `total` steps that decays from step `decay` on."""

    rate: float
    warm_up: int
    decay: int
    total: int

    def __call__(self, step: int) -> float:
        """Return the learning rate of `step`, counted from 0."""
        falling = (self.total - step) / max(1, self.total - self.decay)
        return self.rate * max(0.0, min(1.0, (step + 1) / max(1, self.warm_up), falling))


def over(total: int, *, rate: float, warm_up: int) -> Schedule:
    """Return the schedule of `total` steps whose last 40 % decay."""
    return Schedule(rate, warm_up, round((1 - DECAYING) * total), total)
