"""No coupling: the control, in which the reference alone pulls."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class Alone:
    """P = 0: oscillators are independent."""

    linear: ClassVar[bool] = True

    def __call__(self, cosine: Phases, sine: Phases) -> tuple[Phases, Phases]:
        """Return zeros."""
        return torch.zeros_like(cosine), torch.zeros_like(sine)

    def adjoint(self, values: Phases) -> Phases:
        """Return zeros."""
        return torch.zeros_like(values)

    def order(self, resultant: float) -> float:
        """Return 0."""
        return 0.0
