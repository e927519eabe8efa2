"""What is looked at before anything starts: all parameters, and the folders of the user's own
pictures.
"""

from pathlib import Path

from tasks.core import params
from tasks.core.errors import InputError
from tasks.features.cells import Cells
from tasks.pictures import folder


def inputs() -> None:
    """Check every section of params.yaml and the pictures folder.

    Raises:
        InputError: with the first mistake, as one line.
    """
    sections = params.load_all()
    size, features = sections["pictures"].size, sections["features"]
    try:
        Cells(features.cell, features.stride).grid(size, size)
    except ValueError as error:
        raise InputError(f"{params.FILE}: features.stride: {error}") from None
    folder.check(Path(sections["pictures"].folder))
    folder.check(Path(sections["orientation"].folder), what="orientation.folder")


def pictures() -> None:
    """Read every photograph once, while the result of an earlier run still stands: DVC removes it
    when it starts the stage.

    Raises:
        InputError: one is damaged, or a caption is, or there are too few.
    """
    from tasks.pictures import stage

    learned, held = stage.photographs(params.load("pictures"))
    stage.refuse_damaged(learned + held)
