"""The figures of the orientation benchmark: one file, which a later run goes on from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from tasks.core.errors import InputError
from tests.benchmarks.orientation_cells import SETTING, Cell

Found = dict[str, Any]
REMEDY = "name another file, or move this one away"


def read(file: Path | None) -> Found:
    """Return what is in the file, nothing where there is none yet.

    Raises:
        InputError: it is of another setting, or no such file.
    """
    setting = json.loads(json.dumps(SETTING))
    if file is None or not file.is_file():
        return {"setting": setting, "sets": {}, "cost": None, "cells": []}
    try:
        found = json.loads(file.read_text())
        stored, _ = found["setting"], found["sets"]
        for each in found["cells"]:
            _cell(each)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: no figures ({type(error).__name__}); {REMEDY}") from None
    for name in setting:
        if stored.get(name) != setting[name]:
            raise InputError(
                f"{file}: {name} is {stored.get(name)}, here it is {setting[name]}; {REMEDY}"
            )
    return found


def check(file: Path | None, found: Found, digests: Mapping[str, str]) -> None:
    """Note what the sets were made of.

    Raises:
        InputError: the file's were made of others.
    """
    for name, digest in digests.items():
        if found["sets"].setdefault(name, digest) != digest:
            raise InputError(f"{file}: its set {name} was of other pictures; {REMEDY}")


def write(file: Path | None, found: Found) -> None:
    """Write the file whole, or leave it as it was."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.tmp")
        cells = ",\n  ".join(json.dumps(each, ensure_ascii=False) for each in found["cells"])
        head = {name: value for name, value in found.items() if name != "cells"}
        lines = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
        draft.write_text(f'{lines},\n "cells": [\n  {cells}\n ]\n}}\n')
        draft.replace(file)


def missing(found: Found, wanted: Sequence[Cell]) -> list[Cell]:
    """Return the cells that are still to be filled."""
    there = {_cell(each) for each in found["cells"]}
    return [cell for cell in wanted if cell not in there]


def add(found: Found, cell: Cell, figures: Mapping[str, Any]) -> None:
    """Add a cell's figures."""
    found["cells"].append({**asdict(cell), "torch": torch.__version__, **figures})


def _cell(figures: Mapping[str, Any]) -> Cell:
    return Cell(**{name: figures[name] for name in Cell.__dataclass_fields__})
