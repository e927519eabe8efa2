"""Shots: a table of shots in, a clip of each out, from Prefect's pages.

A clip that is there already, whole, is not made again (`flows/render.py`): a run that was stopped
goes on with the next one.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from flows import contact_sheet
from tasks.core import backend, engine, params
from tasks.core.errors import InputError

Place = Annotated[str, Field(min_length=1)]


class Shots(BaseModel):
    """Which table, and where its clips go; both within the project, or absolute."""

    model_config = ConfigDict(extra="forbid")
    table: Annotated[Place, Field(title="Table", description="of shots, YAML")] = "data/shots.yaml"
    out: Annotated[Place, Field(title="Folder", description="for the clips")] = "clips"
    preview: Annotated[
        bool, Field(title="Preview", description="show the impression in motion, paint nothing")
    ] = False


@flow(name="render")
def render(shots: Shots = Shots()) -> State:  # noqa: B008
    """Make the clips, and show a contact sheet of them."""
    from flows.render import render_table

    engine.brief()
    try:
        backend.configure(params.load("runtime").threads)
        out = Path(shots.out)
        render_table(Path(shots.table), out, preview=shots.preview)
    except InputError as error:
        return Failed(message=str(error))
    contact_sheet.publish(sorted(out.glob("*_sheet.png")), "render-clips", f"The clips in {out}")
    return Completed(message=f"every shot of {shots.table} is a clip in {out}")
