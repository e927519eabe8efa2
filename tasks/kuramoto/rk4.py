"""The classical Runge-Kutta method of order four, in equal steps.

Near synchrony the eigenvalues of the linearised system lie in [−2 max D, 0], D the row sums of the
coupling, and the method is stable on the real axis down to −2.785. Hence step ≤ 2.785 / (2 max D)
= 1.39 / max D is safe, without knowing the eigenvalues.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any

from jaxtyping import Float
from pydantic import Field

from tasks.core.errors import InputError
from tasks.kuramoto.coupling import Coupling, drift

STABLE = 1.39


@dataclass(frozen=True)
class RungeKutta:
    """Steps of at most `step` units of time, an integer number of them in every span."""

    step: Annotated[float, Field(gt=0)]

    def check(self, coupling: Coupling) -> None:
        """Raise InputError where the step is longer than is stable with this coupling."""
        bound = STABLE / coupling.row_sum
        if self.step > bound:
            raise InputError(
                f"integrator.step: {self.step:g} is not stable with this coupling; the bound is "
                f"{bound:.4g} ({STABLE} / largest row sum {coupling.row_sum:.4g}); "
                "take a shorter step or a weaker coupling"
            )

    def __call__(
        self,
        phase: Float[Any, "row col"],
        frequency: Float[Any, "row col"],
        coupling: Coupling,
        span: float,
    ) -> Float[Any, "row col"]:
        """Return the phases after `span` units of time, not wrapped."""
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
