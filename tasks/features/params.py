"""Parameters of the stage `features`."""

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from tasks.core.params import Section
from tasks.features.cells import Cells
from tasks.features.extract import build


class Features(Section):
    """Which features, over which windows."""

    cell: Annotated[
        int, Field(ge=1, le=256, description="width of the window that is averaged, pixels")
    ]
    stride: Annotated[
        int,
        Field(
            ge=1, le=256, description="distance between cells, pixels; must divide the pictures"
        ),
    ]
    extractors: Annotated[
        list[dict[str, Any]], Field(description="choices: name, weight, own fields")
    ]

    @field_validator("extractors")
    @classmethod
    def _can_be_built(cls, choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
        build(choices)
        return choices

    @model_validator(mode="after")
    def _leaves_no_pixel_out(self) -> "Features":
        Cells(self.cell, self.stride)
        return self
