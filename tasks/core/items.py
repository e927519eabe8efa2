"""The item store: content-addressed results of shards, checkpoints and everything else that is
worth keeping between runs.

An item is a folder `.cache/items/<k[:2]>/<k>/`, where k is the SHA-256 of everything that its
content depends on: the code's version, the digests of the inputs, the parameters. It is written
beside its place and renamed into it, so that an item exists whole or not at all. The store alone
says whether an item is done; DVC alone says whether a stage is.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ITEMS = Path(".cache/items")


def key(*parts: Any) -> str:
    """Return the SHA-256 of `parts` as canonical JSON: the name of what is computed from them."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def path(item: str) -> Path:
    """Return the folder where the item lies, or would lie."""
    return ITEMS / item[:2] / item


def exists(item: str) -> bool:
    """Return whether the item is there, whole."""
    return path(item).is_dir()


def produce(item: str, write: Callable[[Path], object]) -> Path:
    """Return the item's folder; `write` fills a fresh one first if the item is not there yet."""
    place = path(item)
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{item[:8]}-{os.getpid()}-"
    draft = Path(tempfile.mkdtemp(prefix=prefix, suffix=".tmp", dir=place.parent))
    os.chmod(draft, 0o755)  # noqa: S103 - as any folder that is not secret
    try:
        write(draft)
        os.rename(draft, place)
    except OSError:
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def discard(item: str) -> None:
    """Remove the item if it is there; it is gone at once, and its files a moment later."""
    place = path(item)
    aside = place.with_name(f"{item[:8]}-{os.getpid()}-gone.tmp")
    try:
        os.rename(place, aside)
    except FileNotFoundError:
        return
    shutil.rmtree(aside, ignore_errors=True)


def clear_drafts() -> None:
    """Remove what processes that have ended left half written."""
    for draft in ITEMS.glob("*/*.tmp"):
        writer = draft.name.split("-")[1:2]
        if not (writer and writer[0].isdigit() and Path("/proc", writer[0]).exists()):
            shutil.rmtree(draft, ignore_errors=True)
