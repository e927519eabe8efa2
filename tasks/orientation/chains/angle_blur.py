"""The coupling of the authors' released code, for reproduction only: it averages the angles.

    Gᵢ = sin(θ̄ᵢ − θᵢ),      θ̄ = P θ with θ in (−π, π],

which is no Kuramoto coupling: the average of two phases beside ±π is beside 0, so that a field in
synchrony there is torn apart; and its pull has full strength however little the phases agree.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from pydantic import Field

from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class AngleBlur:
    """The mean angle of the periodic window with `reach` M, in pixels."""

    reach: Annotated[int, Field(ge=1)]
    linear: ClassVar[bool] = False

    def __call__(self, cosine: Phases, sine: Phases) -> tuple[Phases, Phases]:
        """Return (cos θ̄, sin θ̄)."""
        blurred = Nearby(self.reach, "periodic").mean(torch.atan2(sine, cosine))
        return torch.cos(blurred), torch.sin(blurred)

    def adjoint(self, values: Phases) -> Phases:
        """Raise NotImplementedError: the averages are not linear in cos θ and sin θ."""
        raise NotImplementedError("the angle-blur coupling has no adjoint")

    def order(self, resultant: float) -> float:
        """Return 1, whatever R is."""
        return 1.0
