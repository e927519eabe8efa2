"""What is looked at before anything starts: all parameters, and the folder of the user's own
pictures.
"""

from pathlib import Path

from tasks.core import params
from tasks.pictures import folder


def inputs() -> None:
    """Check every section of params.yaml and the pictures folder.

    Raises:
        InputError: with the first mistake, as one line.
    """
    sections = params.load_all()
    folder.check(Path(sections["pictures"].folder))


def pictures() -> None:
    """Read every photograph once, while the result of an earlier run still stands: DVC removes it
    when it starts the stage.

    Raises:
        InputError: one is damaged, or a caption is, or there are too few.
    """
    from tasks.pictures import stage

    learned, held = stage.photographs(params.load("pictures"))
    stage.refuse_damaged(learned + held)
