"""The version of the code behind a result.

A module's version is a hash over its own source and the sources of every module of `tasks` that it
imports, directly or not; entries of registries ("tasks.x.y:Z") count as imports, since they are
imported by name. What a change of code makes stale follows from this; the same list is what a
stage's `deps` in dvc.yaml must cover.
"""

import ast
import hashlib
import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOME = Path(__file__).parents[2]
ENTRY = re.compile(r"^(tasks(?:\.\w+)+):\w+$")
PARSING = threading.Lock()
"""One thread parses at a time: Python 3.11 counts the depth of syntax trees for all threads
together, and takes two at once for an error (python/cpython#106905).
"""


@cache
def modules(name: str) -> frozenset[str]:
    """Return the names of all modules of `tasks` that module `name` needs, itself included."""
    found: set[str] = set()
    queue = [name]
    while queue:
        current = queue.pop()
        if current not in found:
            found.add(current)
            queue.extend(_imports(current))
    return frozenset(found)


def source(name: str) -> Path:
    """Return the file of module `name`.

    Raises:
        ValueError: there is none.
    """
    path = _find(name)
    if path is None:
        raise ValueError(f"module {name!r} has no source file")
    return path


def _find(name: str) -> Path | None:
    """Return the file of module `name`, found without importing anything, or None."""
    place = HOME.joinpath(*name.split("."))
    candidates = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in candidates if path.is_file()), None)


@cache
def version(name: str) -> str:
    """Return the SHA-256 over the sources of `modules(name)`, in the order of their names, and of
    the CUDA kernels beside them.
    """
    total = hashlib.sha256()
    for module in sorted(modules(name)):
        for path in (source(module), *sorted(source(module).parent.glob("kernels/*.cu"))):
            total.update(f"{module}:{path.name}".encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _imports(name: str) -> Iterator[str]:
    with PARSING:
        tree = ast.parse(source(name).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _find(inner) else node.module
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and ENTRY.match(node.value)
        ):
            yield node.value.partition(":")[0]


def _is_ours(name: str) -> bool:
    return name == "tasks" or name.startswith("tasks.")
