"""A recipe: everything that distinguishes one arm of phases from another, as plain values.

Reading it needs none of what it stands for: that comes in when the arm is built.
"""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from tasks.core.errors import InputError
from tasks.core.params import Section
from tasks.core.registry import build
from tasks.orientation.choices import Grid, Noise, Sampler, Visits, Weighting
from tasks.orientation.registry import COUPLINGS, TARGETS

if TYPE_CHECKING:
    from tasks.orientation.arms.phases import PhaseArm


class Recipe(Section):
    """One arm of phases."""

    steps: Annotated[int, Field(ge=2, description="T, steps of the chain")]
    end: Annotated[
        float, Field(gt=0, le=20, description="τ_T, the sum of the noise's variances, rad²")
    ]
    first: Annotated[
        float, Field(gt=0, le=1, description="variance of the first step over the last one's")
    ]
    ratio: Annotated[float, Field(ge=0, description="K/σ², coupling over the noise's variance")]
    pull: Annotated[
        float, Field(ge=0, description="γ, strength of the reference over the coupling's")
    ]
    coupling: Annotated[dict[str, Any], Field(description="a name in COUPLINGS, with its fields")]
    uncoupled: Annotated[
        bool, Field(description="take the coupling out, and keep the law at rest")
    ]
    reach: Annotated[float, Field(gt=0, le=1, description="ρ, the greys' share of the circle")]
    target: Annotated[dict[str, Any], Field(description="a name in TARGETS, with its fields")]
    weighting: Annotated[Weighting, Field(description="the loss's weight by step")]
    visits: Annotated[Visits, Field(description="which steps are trained most")]
    sampler: Annotated[Sampler, Field(description="the reverse chain, the flow, or both in turn")]
    noise: Annotated[Noise, Field(description="of the reverse chain: its step's, or a bridge's")]
    grid: Annotated[Grid, Field(description="times of the sampler: even in angle, or the chain's")]

    def arm(self) -> "PhaseArm":
        """Return the arm, whose prior is the law at rest.

        Raises:
            InputError: the coupling or the target is not to be built, or values do not suit each
            other.
        """
        from tasks.orientation.arms.phases import PhaseArm
        from tasks.orientation.chains import prior
        from tasks.orientation.chains.process import PhaseProcess
        from tasks.orientation.chains.schedule import Schedule

        coupling = build(COUPLINGS, self.coupling, what="coupling")
        if self.target["name"] == "shift" and not coupling.linear:
            raise InputError(
                f"target: shift needs a linear coupling, and {self.coupling['name']} is none; "
                "take the target one_step"
            )
        if self.sampler == "mixed" and self.grid == "schedule":
            raise InputError("grid: schedule has no times for the sampler mixed; take angle")
        process = PhaseProcess(self.ratio, self.pull, coupling)
        process = process.uncoupled() if self.uncoupled else process
        return PhaseArm(
            process,
            Schedule(self.steps, self.end, self.first),
            self.reach,
            build(TARGETS, self.target, what="target"),
            self.weighting,
            self.visits,
            self.sampler,
            self.noise,
            self.grid,
            prior.at_rest(process),
        )


PAPER = Recipe(
    steps=100,
    end=5.005,
    first=1e-3,
    ratio=0.3,
    pull=1.5,
    coupling={"name": "everywhere"},
    uncoupled=False,
    reach=0.9,
    target={"name": "one_step", "draws": 5},
    weighting="official",
    visits="uniform",
    sampler="ancestral",
    noise="step",
    grid="schedule",
)
"""The released recipe for pictures at T = 100, globally coupled."""

PAPER_LOCAL = PAPER.model_copy(
    update={"pull": 1.0, "coupling": {"name": "nearby", "reach": 5, "boundary": "periodic"}}
)
"""The same, with the paper's local coupling: windows of 11 × 11 pixels."""

OURS = Recipe(
    steps=100,
    end=10.0,
    first=1e-3,
    ratio=0.3,
    pull=1.5,
    coupling={"name": "everywhere"},
    uncoupled=False,
    reach=0.5,
    target={"name": "shift", "rate": 0.5},
    weighting="velocity",
    visits="informative",
    sampler="mixed",
    noise="bridge",
    grid="angle",
)
"""A chain long enough to come to rest, the shift target, greys on half of the circle, most
weight where directions are decided, and the flow until they stand.
"""
