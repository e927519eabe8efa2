"""Natural frequencies from the relief of the map that nothing locks.

    ωᵢ = disorder · ℓᵢ,    ℓ the standardised relief.

With neighbours alone, regions of like nodes turn together and slide past each other, with vortices
along their borders: the picture never repeats. What is shown begins after `settle` units of time,
when chance has been forgotten; the last `blend` frames of the loop pass over into those before its
first, so that it closes (see `evolution`). Frequencies are per frame: a disorder of a few
hundredths is a drift that the eye can follow.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Float
from pydantic import Field

from tasks.kuramoto.coupling import Coupling
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.standard import standard
from tasks.kuramoto.state import State


@dataclass(frozen=True)
class Drift:
    """Frequencies of `disorder` rad rms per unit of time; `settle` in units of time, `blend` in
    frames.
    """

    disorder: Annotated[float, Field(gt=0)]
    settle: Annotated[float, Field(ge=0)]
    blend: Annotated[int, Field(ge=1)]

    def __call__(
        self, relief: Float[Any, "row col"], coupling: Coupling, generator: np.random.Generator
    ) -> State:
        """Return the state `blend` frames before the first one."""
        xp = array_namespace(relief)
        frequency = self.disorder * standard(relief)
        phase = xp.asarray(0.1 * generator.standard_normal(relief.shape), dtype=relief.dtype)
        if self.settle:
            step = 0.5 / (coupling.row_sum + float(xp.max(xp.abs(frequency))))
            phase = Moebius(step)(phase, frequency, coupling, self.settle)
        return State(phase, frequency, self.blend)
