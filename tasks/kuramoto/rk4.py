"""The classical Runge-Kutta method of order four, in equal steps.

It is stable on the real axis down to −2.785, so that a step of 1.39 / (largest row sum of the
coupling) is safe (see `stability`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from tasks.kuramoto.coupling import Coupling, drift
from tasks.kuramoto.stability import check_step

INTERVAL = 2.785


@dataclass(frozen=True)
class RungeKutta:
    """Steps of at most `step` units of time, an integer number of them in every span."""

    step: Annotated[float, Field(gt=0)]
    blend: ClassVar[int] = 0

    def check(self, coupling: Coupling) -> None:
        """Raise InputError where the step is longer than is stable with this coupling."""
        check_step(self.step, INTERVAL, coupling)

    def __call__(
        self,
        phase: Float[Any, "row col"],
        frequency: Float[Any, "row col"],
        coupling: Coupling,
        span: float,
        chance: Callable[[int], np.random.Generator] | None = None,
    ) -> Float[Any, "row col"]:
        """Return the phases after `span` units of time, not wrapped; nothing is left to
        chance.
        """
        self.check(coupling)
        count = max(1, math.ceil(span / self.step - 1e-9))
        for _ in range(count):
            phase = rk4_step(phase, frequency, coupling, span / count)
        return phase


def rk4_step(
    phase: Float[Any, "row col"], frequency: Float[Any, "row col"], coupling: Coupling, step: float
) -> Float[Any, "row col"]:
    """Return the phases after one step."""
    k1 = drift(coupling, phase, frequency)
    k2 = drift(coupling, phase + step / 2 * k1, frequency)
    k3 = drift(coupling, phase + step / 2 * k2, frequency)
    k4 = drift(coupling, phase + step * k3, frequency)
    return phase + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
