"""Parameters of the stage `pictures`."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from tasks.core import registry
from tasks.core.params import Section
from tasks.pictures.registry import SOURCES


class Pictures(Section):
    """What to learn from and what to hold out."""

    size: Annotated[
        int, Field(ge=32, le=1024, multiple_of=8, description="side of a picture, pixels")
    ]
    photograph_size: Annotated[
        int, Field(ge=32, le=4096, multiple_of=8, description="side of a whole photograph, pixels")
    ]
    source: Annotated[dict[str, Any], Field(description="where the photographs come from")]
    folder: Annotated[
        str, Field(min_length=1, description="folder of one's own pictures or videos")
    ]
    pattern: Annotated[
        str,
        Field(min_length=1, description="which files of the folder, as a glob, ** for any depth"),
    ]
    max_pixels: Annotated[int, Field(ge=1, description="largest picture that is read, pixels")]
    scenes: Annotated[int, Field(ge=1, description="procedural scenes to learn from")]
    held_out_scenes: Annotated[int, Field(ge=1, description="procedural scenes held out")]
    crops: Annotated[int, Field(ge=1, description="crops of each photograph to learn from")]
    held_out_crops: Annotated[
        int, Field(ge=1, description="crops of each photograph that is held out")
    ]
    held_out: Annotated[
        tuple[str, ...],
        Field(description="names of the photographs held out whole; globs", strict=False),
    ]

    @field_validator("pattern")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        if ".." in Path(value).parts or Path(value).is_absolute():
            raise ValueError("leads out of the folder")
        try:
            next(Path("nowhere").glob(value), None)
        except ValueError as error:
            raise ValueError(f"is no pattern of files: {error}") from None
        return value

    @field_validator("source")
    @classmethod
    def _is_registered(cls, value: dict[str, Any]) -> dict[str, Any]:
        registry.build(SOURCES, value, what="pictures.source")
        return value
