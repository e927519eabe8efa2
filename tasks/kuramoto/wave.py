"""Natural frequencies by inverse design: a travelling wave that is locked exactly.

Random frequencies do not lock on a plane lattice with local coupling. So the pattern φ is chosen
first and the frequencies follow:

    φ = 2π (across · col/W + down · row/H) + relief · 2 tanh(ℓ/2) + rough · η,
    ωᵢ = −Σⱼ Kᵢⱼ sin(φⱼ − φᵢ),

with ℓ the standardised relief of the map (its nodes' luminance) and η a smooth random field. Then
dφ/dt = 0 for every node: φ is a fixed point in the frame that turns with the common frequency Ω,
and the picture of phases returns after 2π/Ω, exactly.

The fixed point attracts where all coupled differences stay under π/2; beyond it may or may not.
Hence the test by a kick: disturbed phases must settle back. A pattern that does not is made
flatter until it does.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Float
from pydantic import Field

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling, pull
from tasks.kuramoto.distance import smooth
from tasks.kuramoto.locked import returns
from tasks.kuramoto.standard import standard
from tasks.kuramoto.state import State

FLATTER = 0.8
TRIES = 12


@dataclass(frozen=True)
class Wave:
    """Waves across the map: `across` and `down` crests, bent by the relief (rad) and by smooth
    noise (rad rms).
    """

    across: float
    down: float
    relief: Annotated[float, Field(ge=0)]
    rough: Annotated[float, Field(ge=0)]
    kick: Annotated[float, Field(gt=0, le=1)]

    def __call__(
        self, relief: Float[Any, "row col"], coupling: Coupling, generator: np.random.Generator
    ) -> State:
        """Return a locked state that attracts: kicked by `kick` rad rms, it comes back.

        Raises:
            InputError: no flattened pattern comes back.
        """
        pattern = self.pattern(relief, generator)
        xp = array_namespace(pattern)
        kick = self.kick * xp.asarray(
            generator.standard_normal(pattern.shape), dtype=pattern.dtype
        )
        for _ in range(TRIES):
            state = State(pattern, -pull(coupling, pattern))
            if returns(state, coupling, kick):
                return state
            pattern = FLATTER * pattern
        raise InputError(
            f"video.frequencies.kick: {self.kick:g} rad is more than any wave here comes back "
            "from; lower it, or lower across and down"
        )

    def pattern(
        self, relief: Float[Any, "row col"], generator: np.random.Generator
    ) -> Float[Any, "row col"]:
        """Return φ in rad."""
        xp = array_namespace(relief)
        rows, cols = relief.shape
        row = xp.reshape(xp.arange(rows, dtype=relief.dtype), (rows, 1)) / rows
        col = xp.reshape(xp.arange(cols, dtype=relief.dtype), (1, cols)) / cols
        noise = smooth(
            xp.asarray(generator.standard_normal((rows, cols)), dtype=relief.dtype), 3.0
        )
        bent = self.relief * 2 * xp.tanh(standard(relief) / 2) + self.rough * standard(noise)
        return 2 * math.pi * (self.across * col + self.down * row) + bent
