"""The section `generation` of params.yaml."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from tasks.conditioning.registry import mode
from tasks.core.params import Section


class Generation(Section):
    """What is painted from the held-out pictures' impressions, and how: alike in every mode."""

    pictures: Annotated[
        int, Field(ge=1, le=1_000_000, description="pictures of each set, at most")
    ]
    scheduler: Literal["unipc", "dpm", "deis", "ddim", "euler"]
    num_inference_steps: Annotated[int, Field(ge=1, le=1000)]
    guidance_scale: Annotated[
        float, Field(ge=0, le=30, description="1 or less: the empty caption is left out")
    ]
    modes: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], dict[str, Any]],
        Field(
            min_length=1, description="name of the mode in the results: choice {name, own fields}"
        ),
    ]

    @field_validator("modes")
    @classmethod
    def _can_be_built(cls, modes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for label, choice in modes.items():
            mode(choice, what=label)
        return modes
