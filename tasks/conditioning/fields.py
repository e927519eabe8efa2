"""The ranges of the modes' fields."""

from typing import Annotated

from pydantic import Field

Strength = Annotated[
    float,
    Field(gt=0, le=1, description="share of the steps that is walked from the given picture"),
]
Scale = Annotated[float, Field(ge=0, le=4, description="what the residuals are multiplied by")]
Share = Annotated[float, Field(ge=0, le=1)]
MapGuidance = Annotated[
    float,
    Field(ge=0, le=16, description="scale of the map in guidance, against the caption; 1 is off"),
]
