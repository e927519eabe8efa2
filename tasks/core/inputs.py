"""The inputs of a stage, as `dvc.yaml` lists them: its command, the contents of its dependencies,
the values of its parameters.

DVC keeps digests of its own in `dvc.lock`; those of a run are known after it alone, and this one
before. What DVC does not look at (`.dvcignore`) does not count here either.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tasks.core import params

GRAPH = Path("dvc.yaml")
REFERENCE = re.compile(r"\$\{([\w.]+)\}")


def digest(stage: str) -> str:
    """Return a SHA-256 over the inputs of `stage`; one over its name where `dvc.yaml` does not
    know it.
    """
    total = hashlib.sha256(stage.encode())
    entry = _entry(stage)
    if entry is None:
        return total.hexdigest()
    values = params.read()
    what = [entry.get("cmd"), _chosen(entry, values)]
    total.update(json.dumps(what, sort_keys=True, default=str).encode())
    for place in _deps(entry):
        _add(total, place)
    return total.hexdigest()


def data(stage: str) -> list[Path]:
    """Return the places of the data that `stage` reads: its dependencies that are no code."""
    return [place for place in _deps(_entry(stage) or {}) if not _is_code(place)]


def is_output(place: Path) -> bool:
    """Return whether a stage makes `place`, so that it may be replaced."""
    outs = [Path(name) for entry in _stages().values() for name in _plain(entry.get("outs", ()))]
    return any(place == out or out in place.parents for out in outs)


def known(stage: str) -> bool:
    """Return whether `dvc.yaml` has the stage."""
    return _entry(stage) is not None


def _entry(stage: str) -> dict[str, Any] | None:
    return _stages().get(stage)


def _stages() -> dict[str, Any]:
    return _load(GRAPH).get("stages", {}) if GRAPH.is_file() else {}


def _plain(entries: Any) -> list[str]:
    """Return the paths of a list in dvc.yaml, without their options."""
    return [str(next(iter(each)) if isinstance(each, dict) else each) for each in entries]


def _is_code(place: Path) -> bool:
    return place.parts[:1] in {("tasks",), ("flows",)} or place.suffix == ".py"


def _deps(entry: dict[str, Any]) -> list[Path]:
    """Return the dependencies of a stage, `${section.name}` replaced by its value."""
    values = params.read()
    return [
        Path(REFERENCE.sub(lambda name: str(params.value(values, name[1])), place))
        for place in _plain(entry.get("deps", ()))
    ]


def _load(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_text())


def _chosen(entry: dict[str, Any], values: Any) -> list[Any]:
    """Return the parameters of a stage, by file, name and value."""
    found: list[Any] = []
    for name in entry.get("params", ()):
        if isinstance(name, str):
            found.append([name, params.value(values, name)])
            continue
        for file, names in name.items():
            others = _load(Path(file))
            found.append([file, [[each, params.value(others, each)] for each in names or ()]])
            found.append(None if names else others)
    return found


def _add(total: Any, place: Path) -> None:
    """Add the names and contents of a file or folder to a digest."""
    files = [place] if place.is_file() else sorted(filter(_counts, place.rglob("*")))
    for file in files:
        total.update(b"\0" + str(file).encode() + b"\0")
        with file.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())


def _counts(path: Path) -> bool:
    ignored = "__pycache__" in path.parts or path.suffix in {".tmp", ".pyc"}
    documentation = path.parts[0] == "tasks" and path.suffix == ".md"
    return path.is_file() and not ignored and not documentation
