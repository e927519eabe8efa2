"""A tiny section of the stage, for tests that only want it to go through."""

from typing import Any

from tasks.core.params import Runtime
from tasks.orientation import stage
from tasks.orientation.arms.recipe import OURS
from tasks.orientation.params import Orientation

RUNTIME = Runtime(threads=1, device="cpu", seed=3)
SECTION: dict[str, Any] = {
    "source": {"name": "prints", "sheets": 8, "least": 5.5, "most": 8.0},
    "folder": "inbox",
    "size": 16,
    "pictures": 20,
    "held_out": 6,
    "recipe": {**OURS.model_dump(mode="json"), "steps": 12},
    "network": {
        "widths": [16],
        "blocks": 1,
        "attending": [],
        "fold": 2,
        "groups": 8,
        "half": False,
    },
    "cell": 4,
    "drop": 0.2,
    "steps": 6,
    "batch": 4,
    "rate": 1e-3,
    "warm_up": 1,
    "averaging": 0.9,
    "checkpoint": 2,
}


def section(**changes: Any) -> Orientation:
    """Return the section with other values."""
    return Orientation.model_validate({**SECTION, **changes})


def run(**changes: Any) -> stage.Run:
    """Run the stage in the current directory."""
    planned = stage.plan(section(**changes), RUNTIME)
    for block in planned.blocks:
        stage.cut(block)
    stage.train(planned)
    stage.assemble(planned)
    return planned
