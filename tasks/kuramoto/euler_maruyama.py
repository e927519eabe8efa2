"""The method of Euler and Maruyama: oscillators that are jostled.

    dθᵢ = (ωᵢ + Σⱼ Kᵢⱼ sin(θⱼ − θᵢ)) dt + √(2 noise) dWᵢ,
    θ ← θ + h · dθ/dt + √(2 noise · h) ξ,    ξ unit normal.

The noise does not depend on the phases, so that the strong order is one. Each step has a generator
of its own, named by frame and step: the phases of a frame are the same however many frames are
asked for. Equal oscillators coupled all to all with strength K come to the order r that solves
r = I₁(K r / noise) / I₀(K r / noise), with an onset at K = 2 noise (Sakaguchi, Prog. Theor. Phys.
79, 39 (1988)). Without noise this is Euler's method.

Chance does not return to where it began, so neither does the loop: its last `blend` frames pass
over into those before its first (see `evolution`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Float
from pydantic import Field

from tasks.kuramoto.coupling import Coupling, drift
from tasks.kuramoto.stability import check_step

INTERVAL = 2.0


@dataclass(frozen=True)
class EulerMaruyama:
    """Steps of at most `step` units of time, an integer number of them in every span; `noise` is
    the diffusion coefficient in rad² per unit of time.
    """

    step: Annotated[float, Field(gt=0)]
    noise: Annotated[float, Field(ge=0)]
    blend: Annotated[int, Field(ge=0)]

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
        """Return the phases after `span` units of time, not wrapped; `chance(n)` gives the
        generator of the n-th step.

        Raises:
            ValueError: there is noise, but no chance.
        """
        self.check(coupling)
        count = max(1, math.ceil(span / self.step - 1e-9))
        step = span / count
        for number in range(count):
            phase = phase + step * drift(coupling, phase, frequency)
            if self.noise:
                phase = phase + math.sqrt(2 * self.noise * step) * _normal(phase, chance, number)
        return phase


def _normal(
    like: Float[Any, "row col"],
    chance: Callable[[int], np.random.Generator] | None,
    number: int,
) -> Float[Any, "row col"]:
    if chance is None:
        raise ValueError("chance: noise needs a generator for every step")
    drawn = chance(number).standard_normal(like.shape)
    return array_namespace(like).asarray(drawn, dtype=like.dtype)
