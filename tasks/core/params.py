"""Parameters: values in `params.yaml`; names, types, ranges and units in
`tasks/<stage>/params.py`.

Each section of the file belongs to the stage of its name and is checked, strictly, against that
stage's model: no unknown key, no missing one, no silent conversion. Three sections belong to no
stage: `runtime` is an input of every stage; `items` and `runner` say where things are kept and
computed, change no result, and so are an input of none. This module alone opens the file.
"""

import os
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML, RoundTripRepresenter, ScalarNode, YAMLError

from tasks.core.backend import Device
from tasks.core.errors import InputError
from tasks.core.registry import first_problem, resolve

FILE = Path("params.yaml")

STAGES = (
    "pictures",
    "features",
    "som",
    "impressions",
    "base",
    "controlnet",
    "generation",
    "video",
    "orientation",
    "orientation_samples",
    "evaluation",
)
NOWHERE = ("items", "runner")
"""Sections that no stage depends on: a change in them makes nothing stale."""
SECTIONS = ("runtime", *NOWHERE, *STAGES)


class Section(BaseModel):
    """One section of the file: immutable, strict, without defaults, so that no value is said
    twice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Runtime(Section):
    """How to compute, for every stage."""

    threads: Annotated[
        int, Field(ge=1, le=1024, description="threads of BLAS, OpenCV and PyTorch")
    ]
    device: Annotated[Device, Field(description="auto takes a GPU where one answers")]
    seed: Annotated[
        int, Field(ge=0, lt=2**63, description="the seed from which every named stream derives")
    ]


def read() -> dict[str, Any]:
    """Return the file as it is written.

    Raises:
        InputError: the file is missing, is no YAML (where a key is there once only), or has a
        section that no stage owns.
    """
    try:
        values = deepcopy(_parsed(FILE.read_text()))
    except FileNotFoundError:
        raise InputError(
            f"{FILE}: not found in {Path.cwd()}; run the command inside the project"
        ) from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        problem, _, _ = " ".join(str(error).split()).partition(" To suppress this check")
        raise InputError(f"{FILE}: not readable as YAML: {problem}") from None
    if not isinstance(values, dict):
        raise InputError(f"{FILE}: holds no sections; expected {', '.join(SECTIONS)}")
    unknown = [name for name in values if name not in SECTIONS]
    if unknown:
        raise InputError(
            f"{FILE}: unknown section {unknown[0]!r}; the sections are {', '.join(SECTIONS)}"
        )
    return values


@lru_cache(maxsize=1)
def _parsed(text: str) -> Any:
    return YAML(typ="safe").load(text)


def load(name: str) -> Any:
    """Return the section `name`, checked against its model.

    Raises:
        InputError: with the first problem, as "params.yaml: section.key: what is wrong (got
        value)".
    """
    values = read()
    if name not in values:
        raise InputError(f"{FILE}: section {name!r} is missing")
    return check(name, values[name])


def load_all() -> dict[str, Any]:
    """Return every section, checked: what a command does before it starts anything."""
    return {name: load(name) for name in SECTIONS}


def model(name: str) -> type[Section]:
    """Return the model of section `name`: by convention `tasks.<name>.params:<Name>`, in camel
    case, and `tasks.core.<name>:<Name>` for what belongs to no stage.
    """
    if name == "runtime":
        return Runtime
    module = f"tasks.core.{name}" if name in NOWHERE else f"tasks.{name}.params"
    return resolve(f"{module}:{''.join(map(str.capitalize, name.split('_')))}")


def check(name: str, values: Any) -> Any:
    """Return `values` as the model of section `name`."""
    try:
        return model(name).model_validate(values)
    except ValidationError as error:
        at = "." if error.errors()[0]["loc"] else ": "
        raise InputError(f"{FILE}: {name}{at}{first_problem(error)}") from None


def value(values: Any, name: str) -> Any:
    """Return the value of `name`, "section.key" and so on inwards; None where there is none."""
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def change(wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set parameters, named as in `value`, in the file, whose comments stay. Return those that
    were different, with the values before and after.

    Raises:
        InputError: there is no such parameter, or its section refuses the value; the file is as it
        was.
    """
    yaml, before, text = _editor(), read(), StringIO()
    content = yaml.load(FILE.read_text())
    for name, new in wanted.items():
        outer, _, last = name.rpartition(".")
        place = value(content, outer)
        if not isinstance(place, dict) or last not in place:
            raise InputError(f"{FILE}: {name}: there is no such parameter")
        if isinstance(new, list):
            place[last][:] = new  # in place it is written as before, on one line
        else:
            place[last] = new
    yaml.dump(content, text)
    after = YAML(typ="safe").load(text.getvalue())
    for section in {name.partition(".")[0] for name in wanted}:
        check(section, after[section])
    draft = FILE.with_name(f"{FILE.name}.tmp")
    draft.write_text(text.getvalue())
    os.replace(draft, FILE)
    pairs = {name: (value(before, name), value(after, name)) for name in wanted}
    return {name: (old, new) for name, (old, new) in pairs.items() if old != new}


class _Representer(RoundTripRepresenter):
    """Writes null as it stood there, and floats as readers of YAML 1.1 know them, too."""

    def null(self, _: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")

    def number(self, number: float) -> ScalarNode:
        text = repr(number) if "." in repr(number) else repr(number).replace("e", ".0e")
        return self.represent_scalar("tag:yaml.org,2002:float", text)


_Representer.add_representer(type(None), _Representer.null)
_Representer.add_representer(float, _Representer.number)


def _editor() -> YAML:
    """Return what reads and writes the file and keeps its comments and its lines."""
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
