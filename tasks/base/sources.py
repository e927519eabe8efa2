"""Where a base model comes from, other than training: a folder, or a hub id at one revision."""

from pathlib import Path
from typing import Any

from tasks.conditioning import model
from tasks.core import store
from tasks.core.errors import InputError


def record(source: str) -> dict[str, Any]:
    """Return what `record.json` says of the model `source`, which is loaded once as a test.

    Raises:
        InputError: it is neither a folder nor a hub id, or no base model could be loaded.
    """
    folder = Path(source)
    if folder.is_dir():
        model.load_source(source)
        return {"folder": source, "digest": store.digest(folder)}
    name, _, revision = source.partition("@")
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise InputError(
            f"base.model: {source!r} is no existing folder; "
            "give embedded, scratch, a folder, or a hub id as owner/name"
        )
    model.load_source(name, revision=revision or None)
    return {"hub": name, "revision": _commit(name, revision or "main")}


def _commit(name: str, revision: str) -> str:
    """Return the commit that `revision` stands for in the hub's cache."""
    from huggingface_hub import try_to_load_from_cache

    index = try_to_load_from_cache(name, "model_index.json", revision=revision)
    if not isinstance(index, str):
        raise InputError(f"base.model: {name}@{revision} has no model_index.json")
    return Path(index).parent.name
