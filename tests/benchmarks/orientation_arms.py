"""The arms that `python -m tests.benchmarks.orientation` compares, and the ways that it draws from
each.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from tasks.orientation.arms import recipe
from tasks.orientation.arms.flow_matching import FlowMatching
from tasks.orientation.arms.hybrid import HybridArm
from tasks.orientation.arms.noise_prediction import NoisePrediction
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.planned import PlannedArm
from tasks.orientation.arms.recipe import OURS, PAPER, PAPER_LOCAL
from tasks.orientation.arms.size import Size
from tasks.orientation.arms.variance_preserving import VariancePreserving
from tasks.orientation.chains import prior
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.monogenic import split
from tasks.orientation.circle.phase import encode
from tasks.orientation.targets.one_step import OneStep

BODY = Size((48,), 1, (0,), 4, 8, half=False)
"""The network of every arm: 0.42 million weights, squares of 4 × 4 pixels that all attend to each
other; a step takes 0.6 times as long as with the stage's own, a sample 0.45 times.
"""
WINDOW = {"name": "nearby", "reach": 3, "boundary": "open"}
LINE = Schedule(OURS.steps, OURS.end, OURS.first)
CELL = 4
ENDS = 256


def changed(**fields: Any) -> recipe.Recipe:
    """Return our recipe with other values."""
    return recipe.Recipe.model_validate({**OURS.model_dump(), **fields})


ARMS: Mapping[str, Any] = {
    "ours": OURS,
    "flow matching": FlowMatching(0.0),
    "variance preserving": VariancePreserving(LINE, "velocity", "informative", "mixed", "bridge"),
    "uncoupled": changed(uncoupled=True),
    "planned": PlannedArm(OURS.arm(), CELL),
    "hybrid": HybridArm(OURS.arm()),
    "coupled locally": changed(coupling=WINDOW),
    "DDPM": NoisePrediction(1000, 1e-4, 0.02, "ddpm"),
    "paper": PAPER,
    "paper, local": PAPER_LOCAL,
}
"""In the order in which they are run: what matters most first."""

ISOTROPIC = ("flow matching", "variance preserving", "DDPM")

SWEEP: Mapping[str, Any] = {
    "ρ = 0.25": changed(reach=0.25),
    "ρ = 0.9": changed(reach=0.9),
    "τ = 5": changed(end=5.0),
    "τ = 20": changed(end=20.0),
    "K/σ² = 0.1": changed(ratio=0.1),
    "K/σ² = 0.6": changed(ratio=0.6),
    "λ = unit": changed(weighting="unit"),
    "variance preserving, λ = unit": VariancePreserving(
        LINE, "unit", "informative", "mixed", "bridge"
    ),
    "flow matching, planned": PlannedArm(FlowMatching(0.0), CELL),
    "ρ = 0.4": changed(reach=0.4),
}
"""A value changed, ours unless another arm is named."""
BESIDE = ("ours", "flow matching", "variance preserving", "planned")
"""The arms that are trained as long as those of the sweep, to compare with."""

WAYS = (
    ("mixed", {"sampler": "mixed"}),
    ("chain", {"sampler": "ancestral"}),
    ("flow", {"sampler": "heun"}),
)
SAMPLERS: Mapping[type, tuple[tuple[str, dict[str, Any]], ...]] = {
    PhaseArm: WAYS,
    VariancePreserving: WAYS,
    NoisePrediction: (("ddpm", {"sampler": "ddpm"}), ("ddim", {"sampler": "ddim"})),
    FlowMatching: (("flow", {}),),
}


def build(name: str, crops: np.ndarray) -> Any:
    """Return the arm, whose prior is simulated on training crops where it is none of the paper's
    own.
    """
    chosen = {**ARMS, **SWEEP}[name]
    arm = chosen.arm() if isinstance(chosen, recipe.Recipe) else chosen
    return (
        arm if name.startswith("paper") else _ended(arm, torch.from_numpy(crops[:ENDS])[:, None])
    )


def _ended(arm: Any, pictures: torch.Tensor, start: torch.Tensor | None = None) -> Any:
    """Return the arm with the law in which its chain ends; `start` are phases of its own."""
    if isinstance(arm, PlannedArm):
        return replace(arm, arm=_ended(arm.arm, pictures))
    if isinstance(arm, HybridArm):
        return replace(arm, phases=_ended(arm.phases, pictures, split(pictures)[0]))
    if not isinstance(arm, PhaseArm):
        return arm
    start = encode(pictures, arm.reach) if start is None else start
    ends = prior.terminal_phases(
        arm.process, arm.schedule, start, torch.Generator().manual_seed(0)
    )
    return replace(arm, prior=prior.simulated(ends))


def samplers(name: str, arm: Any) -> list[tuple[str, Any]]:
    """Return the ways to draw from the arm, by name; the paper's has one."""
    if name.startswith("paper"):
        return [("chain", arm)]
    for kind, field in ((PlannedArm, "arm"), (HybridArm, "phases")):
        if isinstance(arm, kind):
            inner = samplers(name, getattr(arm, field))
            return [(label, replace(arm, **{field: each})) for label, each in inner]
    return [(label, replace(arm, **fields)) for label, fields in SAMPLERS[type(arm)]]


def draws(arm: Any) -> int:
    """Return how many noisy pictures the arm makes of one in a batch."""
    target = getattr(arm, "target", None)
    return target.draws if isinstance(target, OneStep) else 1
