"""Parameters of the stage `evaluation`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tasks.core.params import Section


class Gate(Section):
    """A bound that figures must keep; see `tasks.evaluation.gates`."""

    title: Annotated[str, Field(min_length=1, description="what the gate says, in a few words")]
    metric: Annotated[
        str,
        Field(min_length=1, description="path into metrics.json, names joined by /; * matches"),
    ]
    at_least: Annotated[float | None, Field(description="lower bound, or null")]
    at_most: Annotated[float | None, Field(description="upper bound, or null")]
    beyond: Annotated[
        str | None,
        Field(
            description="path of the rivals whose best figure the bound is counted from, or null"
        ),
    ]

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give one of at_least and at_most, and null for the other")
        return self


class Evaluation(Section):
    """What the page shows and which bounds the figures must keep."""

    shown: Annotated[
        int,
        Field(
            ge=1, le=32, description="pictures of each set on the page: the first ones, not picked"
        ),
    ]
    gates: Annotated[list[Gate], Field(description="bounds, in the order in which they are shown")]
