"""The asymptotic decay: fast at first, then ever slower.

    σ(t) = σ_0 / (1 + (σ_0 / σ_1 - 1) t)

goes from σ_0 at t = 0 to σ_1 at t = 1. With σ_1 = σ_0 / 3 it is MiniSom's `asymptotic_decay`, with
σ_1 = 1 its `inverse_decay_to_one`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asymptotic:
    """The width falls like the inverse of time."""

    def __call__(self, start: float, end: float, progress: float) -> float:
        """Return σ_0 / (1 + (σ_0 / σ_1 - 1) t)."""
        return start / (1.0 + (start / end - 1.0) * progress)
