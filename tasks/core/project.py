"""Where the project lies: the folder that holds `params.yaml` and `dvc.yaml`. Every path of the
project is relative to it.
"""

import os
from pathlib import Path

from tasks.core.errors import InputError

MARK = "params.yaml"


def root() -> Path:
    """Return the nearest folder, from the current one upwards, that holds `params.yaml`; failing
    that, this code's own checkout.
    """
    here = Path.cwd()
    return next(
        (folder for folder in (here, *here.parents) if (folder / MARK).is_file()),
        Path(__file__).parents[2],
    )


def enter(folder: Path | None = None) -> Path:
    """Make the project's folder the current one, whence the command may have been called, and
    return it.

    Raises:
        InputError: `folder` is given and is no project.
    """
    place = (root() if folder is None else folder).resolve()
    if not (place / MARK).is_file():
        raise InputError(f"{place}: holds no {MARK}; give the project's folder, as --root FOLDER")
    os.chdir(place)
    return place
