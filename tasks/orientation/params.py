"""Parameters of the stage `orientation`."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from tasks.core.params import Section
from tasks.core.registry import build
from tasks.orientation.arms.recipe import Recipe
from tasks.orientation.arms.size import Size
from tasks.orientation.registry import SOURCES


class Network(Section):
    """The body of the network, as `tasks.orientation.arms.size.Size` has it."""

    widths: Annotated[
        tuple[int, ...],
        Field(min_length=1, strict=False, description="channels of every scale, finest first"),
    ]
    blocks: Annotated[int, Field(ge=1, description="residual blocks a scale")]
    attending: Annotated[
        tuple[int, ...], Field(strict=False, description="scales that attend, 0 the finest")
    ]
    fold: Annotated[int, Field(ge=1, description="pixels, each way, folded into channels")]
    groups: Annotated[int, Field(ge=1, description="groups of the normalisation")]
    half: Annotated[bool, Field(description="bf16 inside the network")]

    @model_validator(mode="after")
    def _is_a_size(self) -> "Network":
        self.size()
        return self

    def size(self) -> Size:
        """Return it as the network takes it."""
        return Size(**self.model_dump())

    @property
    def multiple(self) -> int:
        """What a picture's side must be a multiple of, pixels."""
        return self.fold * 2 ** (len(self.widths) - 1)


class Orientation(Section):
    """What the phase model learns from, what it is, and how long it learns."""

    source: Annotated[dict[str, Any], Field(description="where the pictures come from")]
    folder: Annotated[str, Field(min_length=1, description="the user's own, for source folder")]
    size: Annotated[int, Field(ge=16, le=1024, description="side of a picture, pixels")]
    pictures: Annotated[int, Field(ge=2, description="crops to learn from")]
    held_out: Annotated[int, Field(ge=2, description="crops held out")]
    recipe: Annotated[Recipe, Field(description="the process, the target and the sampler")]
    network: Annotated[Network, Field(description="the body of the network")]
    cell: Annotated[int, Field(ge=1, description="side of a cell of the layout, pixels")]
    drop: Annotated[float, Field(ge=0, le=1, description="share of pictures without a layout")]
    steps: Annotated[int, Field(ge=1)]
    batch: Annotated[int, Field(ge=1)]
    rate: Annotated[float, Field(gt=0, description="learning rate on the plateau")]
    warm_up: Annotated[int, Field(ge=0, description="steps")]
    averaging: Annotated[float, Field(ge=0, lt=1, description="decay of the averaged weights")]
    checkpoint: Annotated[int, Field(ge=1, description="steps between checkpoints")]

    @field_validator("source")
    @classmethod
    def _is_registered(cls, value: dict[str, Any]) -> dict[str, Any]:
        build(SOURCES, value, what="source")
        return value

    @model_validator(mode="after")
    def _fits(self) -> "Orientation":
        for what, multiple in (("network", self.network.multiple), ("cell", self.cell)):
            if self.size % multiple:
                raise ValueError(f"size is {self.size}; {what} needs a multiple of {multiple}")
        return self

    @property
    def place(self) -> Path:
        """The user's own folder."""
        return Path(self.folder)
