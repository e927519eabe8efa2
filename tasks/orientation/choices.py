"""Choices that are words: what stands for what is told where each is used."""

from typing import Literal

Weighting = Literal["unit", "velocity", "sigma2", "official"]
"""The loss's weight by step (`tasks.orientation.targets.weighting`)."""
Visits = Literal["uniform", "informative"]
"""Which steps are trained most (`tasks.orientation.targets.visits`)."""
Sampler = Literal["ancestral", "heun", "mixed"]
"""The reverse chain, the flow, or one after the other (`tasks.orientation.samplers`)."""
Noise = Literal["step", "bridge"]
"""Of the reverse chain: its step's, or a bridge's (`tasks.orientation.samplers.ancestral`)."""
Grid = Literal["angle", "schedule"]
"""Times of the sampler: even in angle, or the chain's (`tasks.orientation.samplers.ways`)."""
