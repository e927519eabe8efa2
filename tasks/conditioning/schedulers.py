"""The schedulers that integrate a model's prediction, by name. All are diffusers' own, configured
by the model's configuration.
"""

import inspect
from typing import Any

from tasks.conditioning import prediction
from tasks.core.errors import InputError
from tasks.core.registry import resolve

SCHEDULERS = {
    "unipc": "diffusers:UniPCMultistepScheduler",
    "dpm": "diffusers:DPMSolverMultistepScheduler",
    "deis": "diffusers:DEISMultistepScheduler",
    "ddim": "diffusers:DDIMScheduler",
    "euler": "diffusers:EulerDiscreteScheduler",
}
DEFAULT = "unipc"


def build(name: str, own: Any) -> Any:
    """Return a fresh scheduler `name` with the configuration of `own`, the model's scheduler.

    Raises:
        InputError: the name is unknown, or the model is a flow and the scheduler is for none.
    """
    if name not in SCHEDULERS:
        raise InputError(
            f"scheduler: unknown name {name!r}; choose one of {', '.join(SCHEDULERS)}"
        )
    made = resolve(SCHEDULERS[name])
    if (
        prediction.kind(own) == "flow_prediction"
        and "use_flow_sigmas" not in inspect.signature(made).parameters
    ):
        raise InputError(f"scheduler: {name} cannot integrate a flow; choose unipc, dpm or deis")
    return made.from_config(own.config, **_as_flow(own))


def _as_flow(own: Any) -> dict[str, Any]:
    """Return what diffusers' multistep schedulers must be told of one that knows flows only."""
    if not type(own).__name__.startswith("FlowMatch"):
        return {}
    flow = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
    return {**flow, "flow_shift": own.config.get("shift", 1.0)}
