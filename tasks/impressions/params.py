"""Parameters of the stage `impressions`."""

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from tasks.core.errors import InputError
from tasks.core.params import Section
from tasks.impressions.refinements.registry import refinements
from tasks.impressions.registry import decoders


class Impressions(Section):
    """What an impression shows, and the view `grid`."""

    decoders: Annotated[
        list[dict[str, Any]],
        Field(description="choices {name, own fields}; the channels in order"),
    ]
    refinements: Annotated[
        list[dict[str, Any]],
        Field(description="choices {name, channels, own fields}, applied in order"),
    ]
    grid_pictures: Annotated[
        int,
        Field(ge=0, le=1024, description="how many held-out photographs get a map of their own"),
    ]
    grid_rows: Annotated[int, Field(ge=2, le=256, description="rows of that map, nodes")]
    grid_cols: Annotated[int, Field(ge=2, le=256, description="columns of that map, nodes")]
    grid_epochs: Annotated[int, Field(ge=1, le=1000, description="epochs of its training")]
    grid_position_weight: Annotated[
        float,
        Field(
            gt=0,
            le=1000,
            allow_inf_nan=False,
            description="weight of the position of cells, for this view",
        ),
    ]

    @field_validator("decoders")
    @classmethod
    def _can_be_built(cls, choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = [name for decoder in decoders(choices) for name in decoder.channels]
        if len(names) == 4 or len(set(names)) < len(names) or not names:
            raise InputError(
                f"gives the channels {', '.join(names) or 'none'}; they must differ; diffusers "
                "would take 4 of them for latents: add or drop a decoder"
            )
        return choices

    def of_a_picture(self) -> dict[str, Any]:
        """Return the parameters that the impression of a picture depends on."""
        return self.model_dump(include={"decoders", "refinements"})

    @model_validator(mode="after")
    def _can_be_refined(self) -> "Impressions":
        names = [name for decoder in decoders(self.decoders) for name in decoder.channels]
        refinements(self.refinements, names)
        return self
