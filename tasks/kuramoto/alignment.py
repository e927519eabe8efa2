"""Phase alignment of luminance: the refinement of the Kuramoto-SOM temporal interpolator (KSTI).

Luminance y in [0, 1] is a phase, neighbours that look alike pull each other, and the phase is read
back:

    θ = arccos(2y − 1),    y = (1 + cos θ) / 2,
    θᵢ ← θᵢ + clip(Kᵢ Σⱼ wᵢⱼ sin(θⱼ − θᵢ), ±clamp),
    wᵢⱼ = exp(−(yᵢ − yⱼ)² / 2 likeness²),    Kᵢ = strength / (1 + gradient |∇y|ᵢ + motion mᵢ),

over the four neighbours j of each pixel, w anew in each iteration. It removes noise and keeps
edges, as a bilateral filter does; one iteration is best for weak noise, five blur. Between two
pictures the phases are mixed, (1 − t) θ₀ + t θ₁, before they are aligned.

KSTI was published with θ = 2πy and with shifts that put each row back onto itself. The first makes
white a neighbour of black, so that whatever lies between the two is mixed from the wrong side; the
second leaves no coupling inside the picture. Here the phase has no seam (it stays in [0, π]), and
the coupling is the stencil that everything else here rests on. Four neighbours of weight 1 have
the row sum 4, hence strength ≤ 1/4 for a step that cannot overshoot (see `stability`).
"""

from dataclasses import dataclass
from typing import Annotated, Any

from array_api_compat import array_namespace
from jaxtyping import Float
from pydantic import Field

from tasks.kuramoto.coupling import pull
from tasks.kuramoto.stencil import Stencil, half_neighbourhood, windows


@dataclass(frozen=True)
class Alignment:
    """`likeness` in units of luminance, `clamp` in rad; `gradient` and `motion` weaken the
    coupling where the picture is steep or moves.
    """

    strength: Annotated[float, Field(gt=0, le=0.25)]
    likeness: Annotated[float, Field(gt=0)]
    gradient: Annotated[float, Field(ge=0)]
    motion: Annotated[float, Field(ge=0)]
    clamp: Annotated[float, Field(gt=0)]
    iterations: Annotated[int, Field(ge=0, le=10)]

    def __call__(
        self, luminance: Float[Any, "y x"], motion: Float[Any, "y x"] | None = None
    ) -> Float[Any, "y x"]:
        """Return the luminance with its phases aligned, in [0, 1]; `motion` is what moves, in
        units of luminance.
        """
        return self._aligned(to_phase(luminance), motion)

    def between(
        self, first: Float[Any, "y x"], second: Float[Any, "y x"], share: float
    ) -> Float[Any, "y x"]:
        """Return the luminance between two pictures, `share` in [0, 1] of the way from the
        first, aligned; where they differ the coupling is weaker.
        """
        xp = array_namespace(first)
        phase = (1 - share) * to_phase(first) + share * to_phase(second)
        return self._aligned(phase, xp.abs(second - first))

    def _aligned(
        self, phase: Float[Any, "y x"], motion: Float[Any, "y x"] | None
    ) -> Float[Any, "y x"]:
        xp = array_namespace(phase)
        for _ in range(self.iterations):
            light = to_luminance(phase)
            weaker = 1 + self.gradient * steepness(light)
            if motion is not None:
                weaker = weaker + self.motion * motion
            step = self.strength * pull(self.coupling(light), phase) / weaker
            phase = xp.clip(phase + xp.clip(step, -self.clamp, self.clamp), 0.0, xp.pi)
        return to_luminance(phase)

    def coupling(self, luminance: Float[Any, "y x"]) -> Stencil:
        """Return the coupling w of the four neighbours."""
        xp, shape = array_namespace(luminance), (luminance.shape[0], luminance.shape[1])
        offsets, weights = half_neighbourhood(1), []
        for offset in offsets:
            here, there = windows(offset, shape)
            gap = luminance[here] - luminance[there]
            weights.append(xp.exp(-(gap * gap) / (2 * self.likeness**2)))
        return Stencil(shape, offsets, weights)


def to_phase(luminance: Float[Any, "y x"]) -> Float[Any, "y x"]:
    """Return θ in [0, π]; values beyond [0, 1] count as the nearest."""
    xp = array_namespace(luminance)
    return xp.acos(xp.clip(2 * luminance - 1, -1.0, 1.0))


def to_luminance(phase: Float[Any, "y x"]) -> Float[Any, "y x"]:
    """Return y in [0, 1]."""
    return (1 + array_namespace(phase).cos(phase)) / 2


def steepness(field: Float[Any, "y x"]) -> Float[Any, "y x"]:
    """Return |∇y| per pixel, by central differences, one-sided at the border."""
    xp = array_namespace(field)
    down = xp.concat([field[:1, :], field, field[-1:, :]], axis=0)
    right = xp.concat([field[:, :1], field, field[:, -1:]], axis=1)
    return xp.hypot(down[2:, :] - down[:-2, :], right[:, 2:] - right[:, :-2]) / 2
