"""Retraining: train parts anew with other numbers, and make what follows from them.

The same numbers would give the same bytes, so there is nothing to do without new ones. They are
written into params.yaml, where comments stay and `git diff` shows them. What is to be run for that
DVC finds out, as ever: the walk is the pipeline's own. The way back is the former file and another
run, which takes what it can from DVC's cache.
"""

from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from flows import walk
from tasks.core import params
from tasks.core.errors import InputError

Empty = SkipJsonSchema[None]


def number(name: str) -> Any:
    """Return the form's field for a parameter, described and bounded as in its section; left
    empty, the parameter stays.
    """
    section, *outer, last = name.split(".")
    model: Any = params.model(section)
    for part in outer:
        model = model.model_fields[part].annotation
    own = {**model.model_json_schema()["properties"][last], "title": name}

    def describe(schema: dict[str, Any]) -> None:
        schema.clear()  # of a default that is null, which the form would ask about
        schema.update(own)

    return Field(default=None, title=name, json_schema_extra=describe)


class Form(BaseModel):
    """Fields that may be left empty, and no others."""

    model_config = ConfigDict(extra="forbid")


class Map(Form):
    """The self-organizing map."""

    epochs: int | Empty = number("som.epochs")
    rows: int | Empty = number("som.rows")
    cols: int | Empty = number("som.cols")
    samples: int | Empty = number("som.samples")


class Controlnet(Form):
    """The ControlNet. Its curve ends where the training does."""

    steps: int | Empty = number("controlnet.steps")
    batch: int | Empty = number("controlnet.batch")
    learning_rate: float | Empty = number("controlnet.learning_rate")


class Base(Form):
    """The base model. Its numbers matter where it is trained from scratch: hours without a GPU."""

    model: str | Empty = number("base.model")
    steps: int | Empty = number("base.scratch.steps")
    batch: int | Empty = number("base.scratch.batch")
    rate: float | Empty = number("base.scratch.rate")
    seed: int | Empty = number("base.seed")


class Numbers(Form):
    """Numbers for the parts to be trained anew; what is left empty stays as it is."""

    som: Annotated[Map, Field(default_factory=Map, title="Map")]
    controlnet: Annotated[Controlnet, Field(default_factory=Controlnet, title="ControlNet")]
    base: Annotated[Base, Field(default_factory=Base, title="Base model")]

    def changes(self) -> dict[str, Any]:
        """Return the parameters that are given, by the names that are their fields' titles.

        Raises:
            InputError: there is none.
        """
        given = {
            str(field.title): getattr(part, name)
            for part in (self.som, self.controlnet, self.base)
            for name, field in type(part).model_fields.items()
            if getattr(part, name) is not None
        }
        if not given:
            raise InputError("retraining: give a number that is to change")
        if (steps := self.controlnet.steps) is not None:
            curve = [step for step in params.load("controlnet").curve if step < steps]
            given["controlnet.curve"] = [*curve, steps]
        return given


@flow(name="retraining")
def retraining(numbers: Numbers) -> State:
    """Set the numbers that are given, then bring every stage up to date."""
    return walk.bring_up_to_date(walk.Options(), lambda: show(params.change(numbers.changes())))


def show(changed: dict[str, tuple[Any, Any]]) -> None:
    """Show what has been changed as a table on the run's page."""
    rows = [
        {"parameter": name, "before": str(before), "after": str(after)}
        for name, (before, after) in changed.items()
    ]
    create_table_artifact(rows, key="retraining-parameters", description="New in params.yaml")
