"""Equal natural frequencies: the coupling alone decides.

From the pattern φ = 2π (across · col/cols + down · row/rows) + rough · η, with η a smooth random
field, the phases settle into an equilibrium, which turns as a whole and therefore closes exactly.
On a map with a border that is synchrony: all nodes alike, and the picture circles as one. A torus
(coupling `periodic`, or `graph` on such a lattice) keeps whole numbers of turns, as long as
coupled nodes differ by little: the pattern becomes a twisted wave that no frequency has to hold.
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
from tasks.kuramoto.moebius import Moebius
from tasks.kuramoto.standard import standard
from tasks.kuramoto.state import State

STRIDE, ROUNDS = 40.0, 200
SETTLED = 1e-7


@dataclass(frozen=True)
class Static:
    """Settled from `across` and `down` turns and smooth noise (rad rms)."""

    across: float
    down: float
    rough: Annotated[float, Field(ge=0)]

    def __call__(
        self, relief: Float[Any, "row col"], coupling: Coupling, generator: np.random.Generator
    ) -> State:
        """Return the equilibrium; the relief does not matter.

        Raises:
            InputError: the phases do not come to rest.
        """
        xp = array_namespace(relief)
        phase, relax = self._start(relief, generator), Moebius(1.0 / coupling.row_sum)
        still, most = xp.zeros_like(phase), SETTLED * coupling.row_sum
        for _ in range(ROUNDS):
            if float(xp.max(xp.abs(pull(coupling, phase)))) <= most:
                return State(phase, still)
            phase = relax(phase, still, coupling, STRIDE / coupling.row_sum)
        raise InputError(
            "video.frequencies: static: the phases do not come to rest; "
            "lower across, down or rough, or couple more widely"
        )

    def _start(
        self, like: Float[Any, "row col"], generator: np.random.Generator
    ) -> Float[Any, "row col"]:
        xp, (rows, cols) = array_namespace(like), like.shape
        row = xp.reshape(xp.arange(rows, dtype=like.dtype), (rows, 1)) / rows
        col = xp.reshape(xp.arange(cols, dtype=like.dtype), (1, cols)) / cols
        drawn = xp.asarray(generator.standard_normal((rows, cols)), dtype=like.dtype)
        noise = self.rough * standard(smooth(drawn, 3.0))
        return 2 * math.pi * (self.across * col + self.down * row) + noise
