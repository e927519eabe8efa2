"""Stores for tests: what a test does not say is zero, or an empty text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import zarr

from tasks.core import store
from tasks.core.schema import Schema


def create(
    path: Path,
    schema: Schema,
    sizes: Mapping[str, int],
    *,
    coords: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> zarr.Group:
    """Return a whole store at `path`: the variables of `coords`, and all others blank."""
    group = store.create(path, schema, sizes, coords=coords, attributes=attributes)
    for name, variable in schema.variables.items():
        if name not in (coords or {}):
            store.array_of(group, name)[...] = "" if variable.dtype == "str" else 0
    return group
