"""Flows: in what order the stages run, and how. Importing this package gives Prefect and OpenMP
their settings, so import it before Prefect and PyTorch.

What the user has set already stays as it is. Everything that Prefect keeps lies in `.prefect/` of
the project and may be deleted.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from tasks.core import lifeline, project

_ours: dict[str, str] = {}


def use_own_python(root: Path) -> None:
    """Go on under the Python of the project's virtual environment where this one lacks Prefect:
    `dvc.yaml` says `python`, and DVC takes whichever comes first on the path.
    """
    python = root / ".venv" / "bin" / "python"
    if find_spec("prefect") is None and python.is_file() and Path(sys.executable) != python:
        os.execv(python, [str(python), *sys.orig_argv[1:]])  # noqa: S606 - a fixed program


def configure(root: Path) -> None:
    """Set what Prefect reads when it is imported: its place within `root`, nothing sent anywhere,
    no server without being asked. And what OpenMP reads: threads that wait sleep, since beside
    another process those that spin cost it, and themselves, more than half of the speed.
    """
    home = root / ".prefect"
    settings = {
        "DO_NOT_TRACK": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "PREFECT_HOME": str(home),
        "PREFECT_LOGGING_EXTRA_LOGGERS": "impression_fields",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_LOCAL_STORAGE_PATH": str(home / "storage"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    }
    for name, value in settings.items():
        if os.environ.get(name) in (None, _ours.get(name)):
            os.environ[name] = _ours[name] = value


use_own_python(project.root())
configure(project.root())
if "DVC_STAGE" in os.environ:  # a stage must not outlive DVC, which records what it made
    lifeline.watch()
