"""Registries: names on the left, `"module:Class"` on the right, imported only when chosen.

A choice in `params.yaml` is a mapping `{name: ..., its own fields}`. The name selects an entry;
the other keys are the fields of the entry's frozen dataclass. A variant is therefore one new file
and one new line.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from dataclasses import fields as fields_of
from importlib import import_module
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from tasks.core.errors import InputError


def resolve(reference: str) -> Any:
    """Return the object that `reference`, written "module:Name", stands for."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


def build(registry: Mapping[str, str], choice: Mapping[str, Any], *, what: str) -> Any:
    """Return the variant that `choice` describes, its fields checked against the variant's
    annotations.

    Raises:
        InputError: for an unknown name, and for a missing, unknown or ill-typed field; `what`
        names the parameter.
    """
    fields = dict(choice)
    name = fields.pop("name", None)
    if not isinstance(name, str) or name not in registry:
        raise InputError(
            f"{what}: unknown name {name!r}; choose one of {', '.join(sorted(registry))}"
        )
    variant = resolve(registry[name])
    try:
        return variant(**dict(_model(variant).model_validate(fields)))
    except ValidationError as error:
        raise InputError(f"{what}: {name}: {first_problem(error)}") from None
    except ValueError as error:
        raise InputError(f"{what}: {name}: {error}") from None


def _model(variant: Any) -> type[BaseModel]:
    """Return a strict model with the fields of the frozen dataclass `variant`."""
    hints = get_type_hints(variant, include_extras=True)
    fields: dict[str, Any] = {
        field.name: (hints[field.name], ... if field.default is MISSING else field.default)
        for field in fields_of(variant)
    }
    config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)
    return create_model(variant.__name__, __config__=config, **fields)


def first_problem(error: ValidationError) -> str:
    """Return the first problem of a validation, as "where: what (got value)", on one line."""
    problem = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    whole = problem["type"] == "missing" or isinstance(problem["input"], dict | list)
    got = "" if whole else f" (got {problem['input']!r})"
    message = f"{problem['msg'].removeprefix('Value error, ')}{got}"
    return f"{where}: {message}" if where else message
