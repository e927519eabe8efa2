"""How the width of the neighbourhood shrinks.

It goes from σ_0 to σ_1 over E epochs e = 0 ... E - 1, with t = e / (E - 1):

    exponential   σ(t) = σ_0 (σ_1 / σ_0)^t,        linear   σ(t) = σ_0 + (σ_1 - σ_0) t,
    asymptotic    σ(t) = σ_0 / (1 + (σ_0 / σ_1 - 1) t).

A single epoch is trained at the end's width.
"""

from dataclasses import dataclass
from typing import Protocol


class Decay(Protocol):
    """A variant of `tasks.som.registry.DECAYS`."""

    def __call__(self, start: float, end: float, progress: float, /) -> float:
        """Return the width at `progress` in [0, 1]."""
        ...


@dataclass(frozen=True)
class Exponential:
    """Each epoch divides the width by the same factor."""

    def __call__(self, start: float, end: float, progress: float) -> float:
        """Return σ_0 (σ_1 / σ_0)^t."""
        return start * (end / start) ** progress


@dataclass(frozen=True)
class Linear:
    """Each epoch takes the same amount off the width."""

    def __call__(self, start: float, end: float, progress: float) -> float:
        """Return σ_0 + (σ_1 - σ_0) t."""
        return start + (end - start) * progress


def schedule(decay: Decay, start: float, end: float, epochs: int) -> tuple[float, ...]:
    """Return the width in each of `epochs` epochs.

    >>> schedule(Exponential(), 8.0, 2.0, 3)
    (8.0, 4.0, 2.0)
    """
    return tuple(
        decay(start, end, epoch / (epochs - 1) if epochs > 1 else 1.0) for epoch in range(epochs)
    )
