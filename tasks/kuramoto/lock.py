"""Natural frequencies from the relief of the map: bright nodes hurry, dark ones lag.

    ωᵢ = disorder · ℓᵢ,    ℓ the standardised relief.

Where the couplings are strong enough, the phases settle into a locked state in which sin of the
lags balances the frequencies; that state is the pattern. On a plane lattice neighbours alone do
not achieve it, however strong: take a `mean_field` beside them, of about 1.4 times the largest
frequency, since a region of like nodes cannot hold its own extremes.
Whether all nodes locked is checked, for otherwise the loop does not close.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Float
from pydantic import Field

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling, drift
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.standard import standard
from tasks.kuramoto.state import State

STRIDE, ROUNDS = 40.0, 50
UNLOCKED = 1e-5
ENOUGH = 1.4


@dataclass(frozen=True)
class Lock:
    """Frequencies of `disorder` rad rms per unit of time."""

    disorder: Annotated[float, Field(gt=0)]

    def __call__(
        self, relief: Float[Any, "row col"], coupling: Coupling, generator: np.random.Generator
    ) -> State:
        """Return the locked state that phases near synchrony settle into.

        Raises:
            InputError: the couplings do not lock these frequencies.
        """
        xp = array_namespace(relief)
        frequency = self.disorder * standard(relief)
        start = 0.1 * generator.standard_normal(relief.shape)
        phase, relax = xp.asarray(start, dtype=relief.dtype), Moebius(1.0 / coupling.row_sum)
        for _ in range(ROUNDS):
            phase = relax(phase, frequency, coupling, STRIDE / coupling.row_sum)
            speed = drift(coupling, phase, frequency)
            if float(xp.max(speed) - xp.min(speed)) < UNLOCKED * coupling.row_sum:
                return State(phase, frequency - xp.mean(speed))
        enough = ENOUGH * float(xp.max(xp.abs(frequency)))
        raise InputError(
            f"video.frequencies.disorder: {self.disorder:g} is too much for these couplings to "
            f"lock; add a mean_field of strength {enough:.3g} or lower the disorder"
        )
