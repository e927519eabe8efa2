"""Relaxation by exact rotations in a frozen field.

With H = K z held fixed, z = exp(iθ) obeys the Riccati equation z' = iωz + (H − H̄z²)/2, whose flow
is a Moebius map of the unit circle:

    z ← ((1 + iτω/2) z + τH/2) / ((τH̄/2) z + 1 − iτω/2),
    τ = tanh(s Δt) / s,    s = √(|H|² − ω²) / 2.

It is stable for every step. H is taken from a predicted midpoint, which makes the order two: for
settling into a locked state, where only the limit counts, not for following a transient. (The
maps: Marvel, Mirollo and Strogatz, Chaos 19, 043104 (2009).)
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from array_api_compat import array_namespace
from jaxtyping import Complex, Float
from pydantic import Field

from tasks.kuramoto.coupling import Coupling, phasor


@dataclass(frozen=True)
class Moebius:
    """Steps of at most `step` units of time, an integer number of them in every span."""

    step: Annotated[float, Field(gt=0)]
    blend: ClassVar[int] = 0

    def check(self, coupling: Coupling) -> None:
        """Every step is stable."""

    def __call__(
        self,
        phase: Float[Any, "row col"],
        frequency: Float[Any, "row col"],
        coupling: Coupling,
        span: float,
        chance: Callable[[int], np.random.Generator] | None = None,
    ) -> Float[Any, "row col"]:
        """Return the phases after `span` units of time, in (−π, π]; nothing is left to
        chance.
        """
        xp = array_namespace(phase)
        count = max(1, math.ceil(span / self.step - 1e-9))
        z = phasor(phase)
        turn = xp.astype(frequency, z.dtype)
        for _ in range(count):
            z = moebius_step(z, turn, coupling, span / count)
        return xp.atan2(xp.imag(z), xp.real(z))


def moebius_step(
    z: Complex[Any, "row col"], frequency: Complex[Any, "row col"], coupling: Coupling, step: float
) -> Complex[Any, "row col"]:
    """Return exp(iθ) after one step; the field is that of the predicted midpoint."""
    middle = rotate(z, frequency, coupling(z), step / 2)
    return rotate(z, frequency, coupling(middle), step)


def rotate(
    z: Complex[Any, "row col"],
    frequency: Complex[Any, "row col"],
    field: Complex[Any, "row col"],
    step: float,
) -> Complex[Any, "row col"]:
    """Return the exact flow of z over `step` in the constant `field`."""
    xp = array_namespace(z)
    s = xp.sqrt(field * xp.conj(field) - frequency * frequency) / 2
    small = xp.abs(s) * step < 1e-6
    safe = xp.where(small, xp.ones_like(s), s)
    half = xp.where(small, xp.full_like(s, step / 2), xp.tanh(safe * step) / (2 * safe))
    turned = ((1 + 1j * half * frequency) * z + half * field) / (
        half * xp.conj(field) * z + 1 - 1j * half * frequency
    )
    return turned / xp.astype(xp.abs(turned), z.dtype)
