"""Shots: a table of shots in, a clip of each and a page of all out, from Prefect's pages.

Segments that an earlier run has finished are items (`flows/render.py`): a run that was stopped
goes on where it was.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from flows import contact_sheet
from tasks.core import backend, locks, params, served
from tasks.core.errors import InputError

Place = Annotated[str, Field(min_length=1)]


class Shots(BaseModel):
    """Which table, and where its clips go; both in the project's folder, or absolute."""

    model_config = ConfigDict(extra="forbid")
    table: Annotated[Place, Field(title="Table", description="of shots, YAML")] = "data/shots.yaml"
    out: Annotated[Place, Field(title="Folder", description="for the clips")] = "clips"
    preview: Annotated[
        bool, Field(title="Preview", description="show impressions in motion, paint nothing")
    ] = False


@flow(name="render")
def film(shots: Shots) -> State:
    """Make the clips, and show a contact sheet of them."""
    from flows.render import render

    served.brief()
    try:
        with locks.only_writer("shots"):
            backend.configure(params.load("runtime").threads)
            clips = render(Path(shots.table), Path(shots.out), preview=shots.preview)
    except InputError as error:
        return Failed(message=str(error))
    sheets = [clip.with_name(f"{clip.stem}_sheet.png") for clip in clips]
    contact_sheet.publish(sheets, "render-clips", f"The clips in {shots.out}")
    return Completed(message=f"{len(clips)} clips in {shots.out}")
