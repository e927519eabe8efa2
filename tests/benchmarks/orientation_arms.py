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
from tasks.orientation.arms.noise_prediction import NoisePrediction
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.recipe import OURS, PAPER, PAPER_LOCAL
from tasks.orientation.arms.size import Size
from tasks.orientation.arms.variance_preserving import VariancePreserving
from tasks.orientation.chains import prior
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle.phase import encode

BODY = Size((48, 64), 1, (1,), 2, 8, half=False)
"""The network of every arm: 0.9 million weights."""
WINDOW = {"name": "nearby", "reach": 3, "boundary": "open"}
LINE = Schedule(OURS.steps, OURS.end, OURS.first)
ENDS = 256


def changed(**fields: Any) -> recipe.Recipe:
    """Return our recipe with other values."""
    return recipe.Recipe.model_validate({**OURS.model_dump(), **fields})


ARMS: Mapping[str, Any] = {
    "ours": OURS,
    "flow matching": FlowMatching(0.0),
    "variance preserving": VariancePreserving(LINE, "informative", "heun", "bridge"),
    "uncoupled": changed(uncoupled=True),
    "coupled locally": changed(coupling=WINDOW),
    "paper": PAPER,
    "DDPM": NoisePrediction(1000, 1e-4, 0.02, "ddpm"),
    "paper, local": PAPER_LOCAL,
}
"""In the order in which they are run: what matters most first."""

SWEEP: Mapping[str, Any] = {
    "ρ = 0.25": changed(reach=0.25),
    "ρ = 0.35": changed(reach=0.35),
    "ρ = 0.9": changed(reach=0.9),
    "τ = 5": changed(end=5.0),
    "λ = unit": changed(weighting="unit"),
    "uncoupled, λ = unit": changed(uncoupled=True, weighting="unit"),
    "coupled locally, λ = unit": changed(coupling=WINDOW, weighting="unit"),
    "K/σ² = 0.1": changed(ratio=0.1),
    "K/σ² = 0.6": changed(ratio=0.6),
}
"""Ours, a value changed."""

SAMPLERS: Mapping[type, tuple[tuple[str, dict[str, Any]], ...]] = {
    PhaseArm: (("chain", {"sampler": "ancestral"}), ("flow", {"sampler": "heun"})),
    VariancePreserving: (("chain", {"sampler": "ancestral"}), ("flow", {"sampler": "heun"})),
    NoisePrediction: (("ddpm", {"sampler": "ddpm"}), ("ddim", {"sampler": "ddim"})),
    FlowMatching: (("flow", {}),),
}


def build(name: str, crops: np.ndarray) -> Any:
    """Return the arm, whose prior is simulated on training crops where it is none of the paper's
    own.
    """
    chosen = {**ARMS, **SWEEP}[name]
    if not isinstance(chosen, recipe.Recipe):
        return chosen
    arm = chosen.arm()
    if name.startswith("paper"):
        return arm
    start = encode(torch.from_numpy(crops[:ENDS])[:, None], arm.reach)
    ends = prior.terminal_phases(
        arm.process, arm.schedule, start, torch.Generator().manual_seed(0)
    )
    return replace(arm, prior=prior.simulated(ends))


def samplers(name: str, arm: Any) -> list[tuple[str, Any]]:
    """Return the ways to draw from the arm, by name; the paper's has one."""
    if name.startswith("paper"):
        return [("chain", arm)]
    return [(label, replace(arm, **fields)) for label, fields in SAMPLERS[type(arm)]]
